export declare const undocumented: (root: string) => { readonly count: number; readonly found: ReadonlyArray<string> }
