// What Vite makes of an import that ends in `?url`: the asset's address.
declare module '*?url' {
  const url: string;
  export default url;
}
