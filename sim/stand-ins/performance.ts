// The `performance` that instrumented modules see: `now` and `timeOrigin` are virtual; marks and measures leave no entries behind,
// since those would be shared by all executions.

import { host } from '../host.js'
import { attach } from '../instrument/twins.js'
import { clockTwin, readClock } from './clock-read.js'
import { like, mirror } from './like.js'
import type { Callable, Operations } from './operations.js'

/** What `performance.mark` and `measure` take besides a name. */
interface MarkOptions {
  readonly startTime?: number
  readonly start?: number | string
  readonly end?: number | string
  readonly duration?: number
  readonly detail?: unknown
}

export function createPerformance(operations: Operations): typeof performance {
  const real = globalThis.performance
  const now = like(real.now, () => readClock('elapsed', 'performance.now') ?? real.now())
  attach(
    now,
    clockTwin(operations, 'elapsed', (ms) => ms),
  )
  const inExecution = (name: string, show: (...args: never[]) => unknown) => {
    const method = (real as unknown as Record<string, Callable>)[name]
    if (method === undefined) return undefined
    return like(method, (...args: never[]) => (host.current === undefined ? Reflect.apply(method, real, args) : show(...args)))
  }
  const refused = (name: string) => inExecution(name, () => host.current?.refuse(`performance.${name}`))
  return mirror(real, {
    now,
    get timeOrigin() {
      return host.current === undefined ? real.timeOrigin : host.current.nowMs() - host.current.elapsedMs()
    },
    mark: inExecution('mark', mark),
    measure: inExecution('measure', measure),
    timerify: inExecution('timerify', (timed) => timed),
    getEntries: inExecution('getEntries', () => []),
    getEntriesByName: inExecution('getEntriesByName', () => []),
    getEntriesByType: inExecution('getEntriesByType', () => []),
    clearMarks: inExecution('clearMarks', () => undefined),
    clearMeasures: inExecution('clearMeasures', () => undefined),
    eventLoopUtilization: refused('eventLoopUtilization'),
    toJSON: refused('toJSON'),
    get nodeTiming() {
      host.current?.refuse('performance.nodeTiming')
      return real.nodeTiming
    },
  })
}

/** The constructor of a mark, unlike `performance.mark`, does not enter it in the list of entries. */
function mark(name: string, options?: MarkOptions): object {
  const startTime = options?.startTime ?? host.current?.elapsedMs()
  // Node's types declare the constructor protected; it is public (W3C User Timing, section 3.2).
  return Reflect.construct(PerformanceMark, [name, { ...options, startTime }]) as object
}

/** Marks leave no entries, so one that is given by name counts as the beginning of the execution; an absent end is now. */
function measure(name: string, from?: string | MarkOptions) {
  const options = typeof from === 'object' ? from : {}
  const elapsedMs = host.current?.elapsedMs() ?? 0
  const startTime = typeof options.start === 'number' ? options.start : 0
  const endTime = typeof options.end === 'number' ? options.end : elapsedMs
  const entry = { name, entryType: 'measure', startTime, duration: options.duration ?? endTime - startTime, detail: options.detail ?? null }
  return { ...entry, toJSON: () => entry }
}
