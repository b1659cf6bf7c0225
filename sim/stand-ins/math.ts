// The `Math` that instrumented modules see: `random` is seeded, everything else real.

import { host } from '../host.js'
import { copyLike, like } from './like.js'
import { randomFraction } from './random.js'

export function createMath(): Math {
  const real = globalThis.Math.random
  return copyLike(globalThis.Math, {
    random: like(real, () => (host.current === undefined ? real() : randomFraction(host.current))),
  })
}
