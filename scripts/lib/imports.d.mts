export declare const importsOf: (fileName: string, text: string) => ReadonlyArray<string>
