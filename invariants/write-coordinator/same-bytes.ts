// Whether two pieces of files hold the same. They are short, so that to compare them here takes less time than to ask Node.

/** Whether two have the same bytes in a range. */
export function areSameFrom(start: number, length: number, a: Uint8Array, b: Uint8Array): boolean {
  for (let at = start; at < start + length; at++) if (a[at] !== b[at]) return false
  return true
}

export function areSame(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  const { length } = a
  if (length !== b.length) return false
  if (a.buffer === b.buffer && a.byteOffset === b.byteOffset) return true
  for (let at = 0; at < length; at++) if (a[at] !== b[at]) return false
  return true
}
