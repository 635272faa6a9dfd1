/** The build puts the text of such a file into the bundle. */
declare module "*.tf" {
  const text: string;
  export default text;
}
