// The Web Crypto API that instrumented modules see: random bytes and UUIDs are seeded, `subtle` (asynchronous, outside) is refused.

import type { webcrypto } from 'node:crypto'
import { host } from '../host.js'
import { like, mirror } from './like.js'
import { bytesOf, fillRandom, randomUuid } from './random.js'
import { refusedFunction } from './refused.js'

export function createCrypto(): webcrypto.Crypto {
  const real = globalThis.crypto as webcrypto.Crypto
  let subtle: webcrypto.SubtleCrypto | undefined
  return mirror(real, {
    getRandomValues: like(real.getRandomValues, (array: ArrayBufferView) => {
      // The real one first, for it checks the argument.
      real.getRandomValues(array as Uint8Array)
      if (host.current !== undefined) fillRandom(host.current, bytesOf(array))
      return array
    }),
    randomUUID: like(real.randomUUID, (options: undefined) => {
      const uuid = (real.randomUUID as (options: undefined) => string)(options)
      return host.current === undefined ? uuid : randomUuid(host.current)
    }),
    get subtle() {
      subtle ??= createSubtle(real.subtle)
      return subtle
    },
  })
}

function createSubtle(real: webcrypto.SubtleCrypto): webcrypto.SubtleCrypto {
  const methods: Record<string, unknown> = {}
  const standIn = mirror(real, {})
  for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(standIn)))) {
    if (typeof property.value === 'function' && name !== 'constructor') methods[name] = refusedFunction(property.value, `crypto.subtle.${name}`)
  }
  return mirror(real, methods)
}
