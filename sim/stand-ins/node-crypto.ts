// What replaces members of `node:crypto`: seeded randomness. Which of the other members are real stands in builtins.ts.

import type nodeCrypto from 'node:crypto'
import type { webcrypto } from 'node:crypto'
import { host } from '../host.js'
import { like } from './like.js'
import type { Callable } from './operations.js'
import { bytesOf, fillRandom, randomBelow, randomUuid } from './random.js'

export function createNodeCrypto(real: typeof nodeCrypto, web: webcrypto.Crypto): object {
  const randomBytes = like(real.randomBytes, (size: number, callback?: Callable) => {
    refuseCallback('crypto.randomBytes', callback)
    const bytes = (real.randomBytes as Callable)(size, callback)
    if (host.current !== undefined) fillRandom(host.current, bytes)
    return bytes
  })
  return {
    randomBytes,
    pseudoRandomBytes: randomBytes,
    prng: randomBytes,
    rng: randomBytes,
    randomFillSync: like(real.randomFillSync, (memory: NodeJS.TypedArray, offset?: number, size?: number) => {
      real.randomFillSync(memory, offset, size)
      if (host.current === undefined) return memory
      // Offset and size count elements of the typed array.
      const unit = memory.BYTES_PER_ELEMENT ?? 1
      fillRandom(host.current, bytesOf(memory, (offset ?? 0) * unit, size === undefined ? undefined : size * unit))
      return memory
    }),
    randomInt: like(real.randomInt, (...args: [number, (number | Callable)?, Callable?]) => {
      refuseCallback(
        'crypto.randomInt',
        args.find((arg) => typeof arg === 'function'),
      )
      const number = Reflect.apply(real.randomInt as Callable, real, args) as unknown
      if (host.current === undefined) return number
      const [min, max] = args[1] === undefined ? [0, args[0]] : [args[0], args[1] as number]
      return min + randomBelow(host.current, max - min)
    }),
    randomUUID: like(real.randomUUID, (options?: nodeCrypto.RandomUUIDOptions) => {
      const uuid = real.randomUUID(options)
      return host.current === undefined ? uuid : randomUuid(host.current)
    }),
    webcrypto: web,
    subtle: web.subtle,
    getRandomValues: web.getRandomValues,
  }
}

/** The forms with a callback work on a thread of their own. */
function refuseCallback(call: string, callback: unknown): void {
  if (callback !== undefined) host.current?.refuse(`${call} with a callback`)
}
