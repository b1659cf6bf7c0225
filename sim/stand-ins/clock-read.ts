// Reading the virtual clock: as a step in stepped twins, inside one step elsewhere.

import { host } from '../host.js'
import type { Twin } from '../instrument/contract.js'
import type { Operations } from './operations.js'

type Kind = 'epoch' | 'elapsed'

/** The virtual time in ms for code that is not stepped; undefined outside an execution. A peer's read is reported as `operation`. */
export function readClock(kind: Kind, operation: string): number | undefined {
  const current = host.current
  if (current === undefined) return undefined
  if (current.phase === 'peer') current.insideOneStep(operation)
  return kind === 'epoch' ? current.nowMs() : current.elapsedMs()
}

/**
 * The stepped twin of a function that reads the clock.
 * @param show makes the function's result of the time in ms and the arguments
 */
export function clockTwin(operations: Operations, kind: Kind, show: (ms: number, ...args: never[]) => unknown): Twin {
  const { SWITCH } = operations
  return function* (...args) {
    const reading = host.current?.clockRead(kind)
    return show((reading === SWITCH ? yield : reading) as number, ...args)
  }
}
