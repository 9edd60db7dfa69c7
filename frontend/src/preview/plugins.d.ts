declare module "markdown-it-mark" {
  const plugin: (markdown: import("markdown-it").default) => void;
  export default plugin;
}
declare module "markdown-it-sub" {
  const plugin: (markdown: import("markdown-it").default) => void;
  export default plugin;
}
declare module "markdown-it-sup" {
  const plugin: (markdown: import("markdown-it").default) => void;
  export default plugin;
}
declare module "markdown-it-deflist" {
  const plugin: (markdown: import("markdown-it").default) => void;
  export default plugin;
}
