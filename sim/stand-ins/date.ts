// The `Date` that instrumented modules see: now is virtual, everything else real. Local time remains that of the
// machine's time zone, so code that prints or reads local time gives other results under another TZ.

import { attach } from '../instrument/twins.js'
import { clockTwin, readClock } from './clock-read.js'
import { constructorLike, like } from './like.js'
import type { Operations } from './operations.js'

export function createDate(operations: Operations): DateConstructor {
  const Real = globalThis.Date
  const now = like(Real.now, () => {
    const nowMs = readClock('epoch', 'Date.now')
    return nowMs === undefined ? Real.now() : Math.floor(nowMs)
  })
  attach(now, clockTwin(operations, 'epoch', Math.floor))

  const StandIn: DateConstructor = constructorLike(
    Real,
    function (...args: number[]) {
      if (new.target === undefined) {
        const nowMs = readClock('epoch', 'Date')
        return nowMs === undefined ? Real() : new Real(nowMs).toString()
      }
      if (args.length === 0) {
        const nowMs = readClock('epoch', 'new Date')
        if (nowMs !== undefined) args = [nowMs]
      }
      if (new.target !== StandIn) return Reflect.construct(Real, args, new.target) as Date
      const date = new Real(...(args as [number]))
      // The prototype is the real one, whose `constructor` would lead around the virtual clock.
      Object.defineProperty(date, 'constructor', { value: StandIn, writable: true, configurable: true })
      return date
    },
    { now },
  )
  return StandIn
}
