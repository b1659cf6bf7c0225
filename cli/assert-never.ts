/** Ends every `switch` on a closed union: the compiler checks that nothing gets here. */
export function assertNever(value: never): never {
  throw new Error(`heddle internal: unexpected ${String(value)}`)
}
