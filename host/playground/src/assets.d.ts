// What Vite makes of an import that ends in `?url`: the asset's address.
declare module '*?url' {
  const url: string;
  export default url;
}

/** Whether these are the static files, or sources served for development (vite.config.ts). */
declare const __VIXEN_STATIC__: boolean;

/** What Vite makes of `import.meta.glob`. */
interface ImportMeta {
  glob<T>(pattern: string, options: { query: string; import: string; eager: true }): Record<string, T>;
}
