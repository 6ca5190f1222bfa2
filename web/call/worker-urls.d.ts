// What the bundler makes of a worker's file: the address of its own chunk.
declare module '*?worker&url' {
  const address: string;
  // biome-ignore lint/style/noDefaultExport: the bundler exports it so
  export default address;
}
