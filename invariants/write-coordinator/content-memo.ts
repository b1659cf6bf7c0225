// Remembers what was computed from bytes, by their content. The judge reads the same few records after every step that touched the disk.

import { areSame } from './same-bytes.js'

/** Beyond this many contents everything is forgotten. */
const CONTENTS_MAX = 10_000

interface Known<Result> {
  readonly bytes: Uint8Array
  readonly result: Result
  /** Another content with the same hash. */
  readonly next: Known<Result> | undefined
}

/** Makes `compute`, a pure function of bytes, remember its results. They are shared, so nobody may change them. */
export function rememberByContent<Result>(compute: (bytes: Uint8Array) => Result): (bytes: Uint8Array) => Result {
  const results = new Map<number, Known<Result>>()
  let count = 0
  return (bytes) => {
    const hash = hashOf(bytes)
    const first = results.get(hash)
    for (let known = first; known !== undefined; known = known.next) if (areSame(known.bytes, bytes)) return known.result
    if (count >= CONTENTS_MAX) {
      results.clear()
      count = 0
    }
    const result = compute(bytes)
    results.set(hash, { bytes: bytes.slice(), result, next: count === 0 ? undefined : first })
    count += 1
    return result
  }
}

/** FNV-1a, 32 bits; a small integer, which a map finds soonest. */
function hashOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < bytes.length; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193)
  return (hash ^ (hash >>> 2)) & 0x3fffffff
}
