/** A URI as it may be told and logged: what follows the path may be a key to it. */
export function shownUri(uri: string): string {
  const [shown = ""] = uri.split(/[?#]/);
  return shown.replace(/\/\/[^/@]*@/, "//").slice(0, 300);
}
