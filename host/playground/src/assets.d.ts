// What Vite makes of an import that ends in `?url`: the asset's address.
declare module '*?url' {
  const url: string;
  export default url;
}

/** Whether these are the static files, or sources served for development (vite.config.ts). */
declare const __VIXEN_STATIC__: boolean;
