// The `process` that instrumented modules see. While an execution runs: clocks are virtual, what acts on the real process is refused,
// and what describes it (`env`, `argv`, `platform`, `cwd()`, …) is readable but cannot be changed, for a change would reach
// the next execution. Output is allowed.

import { constants } from 'node:os'
import { host } from '../host.js'
import { attach } from '../instrument/twins.js'
import { clockTwin, readClock } from './clock-read.js'
import { like } from './like.js'
import type { Callable, Operations } from './operations.js'
import { overlay } from './overlay.js'
import { refusedFunction, refusedObject } from './refused.js'

/** Functions of `process` that stay real; all others but those replaced below are refused. */
const PASSED = new Set('assert cwd emitWarning getuid geteuid getgid getegid getgroups hasUncaughtExceptionCaptureCallback _rawDebug'.split(' '))

/** The process's own events never happen inside an execution, so listening has no effect there. */
const LISTENING = 'on once off addListener removeListener removeAllListeners prependListener prependOnceListener'.split(' ')

/** All peers share memory, so they are threads of one process and see one id: this, until the power fails, after which it is one higher each time. */
const PID = 1000
const PARENT_PID = 1

const NS_PER_MS = 1e6
const MS_PER_S = 1e3

/** @param getBuiltinModule what `process.getBuiltinModule` gives instead of the real module */
export function createProcess(operations: Operations, getBuiltinModule: (name: string) => unknown): NodeJS.Process {
  const real = globalThis.process
  const overrides: Record<PropertyKey, unknown> = {}
  for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(real))) {
    if (typeof property.value === 'function' && !PASSED.has(name)) overrides[name] = refusedFunction(property.value, `process.${name}`)
  }
  const standIn: NodeJS.Process = overlay(real, overrides, (key) => host.current?.refuse(`process.${String(key)} =`))
  overrideListening(real, overrides, standIn)
  overrides.hrtime = createHrtime(operations, real)
  overrides.uptime = like(real.uptime, () => {
    const elapsedMs = readClock('elapsed', 'process.uptime')
    return elapsedMs === undefined ? real.uptime() : elapsedMs / MS_PER_S
  })
  attach(
    overrides.uptime as Callable,
    clockTwin(operations, 'elapsed', (ms) => ms / MS_PER_S),
  )
  const refusedKill = overrides.kill as typeof real.kill
  overrides.kill = like(real.kill, (pid: number, signal?: string | number) => {
    if (host.current === undefined || signal !== 0) return refusedKill(pid, signal)
    return mustLive(pid, PID + host.current.boot)
  })
  overrides.nextTick = like(real.nextTick, (callback: () => unknown, ...args: []) => {
    if (host.current === undefined || typeof callback !== 'function') real.nextTick(callback, ...args)
    else host.current.enqueue(callback, args, 'tick')
  })
  if (real.getBuiltinModule !== undefined) overrides.getBuiltinModule = like(real.getBuiltinModule, (name: string) => getBuiltinModule(name))
  overrides.env = overlay(real.env, {}, (key) => host.current?.refuse(`process.env.${String(key)} =`))
  Object.defineProperties(overrides, {
    pid: { get: () => (host.current === undefined ? real.pid : PID + host.current.boot), configurable: true },
    ppid: { get: () => (host.current === undefined ? real.ppid : PARENT_PID), configurable: true },
    stdin: {
      get() {
        host.current?.refuse('process.stdin')
        return real.stdin
      },
      configurable: true,
    },
    report: { get: () => refusedObject(real.report as object, 'process.report'), configurable: true },
  })
  return standIn
}

function overrideListening(real: NodeJS.Process, overrides: Record<PropertyKey, unknown>, standIn: NodeJS.Process): void {
  for (const name of LISTENING as 'on'[]) {
    overrides[name] = like(real[name], (...args: [string, () => void]) => {
      if (host.current === undefined) real[name](...args)
      return standIn
    })
  }
  overrides.emit = refusedFunction(real.emit, 'process.emit')
}

/** What `process.kill(pid, 0)` does: the process of the execution and its parent live, others do not. */
function mustLive(pid: number, own: number): true {
  if (pid === own || pid === PARENT_PID) return true
  throw Object.assign(new Error('kill ESRCH'), { errno: -constants.errno.ESRCH, code: 'ESRCH', syscall: 'kill' })
}

/** `hrtime` counts from the beginning of the execution; its origin is arbitrary in the real one too. */
function createHrtime(operations: Operations, real: NodeJS.Process): NodeJS.HRTime {
  const show = (ms: number, before?: [number, number]): [number, number] => {
    const passedNs = Math.round(ms * NS_PER_MS) - (before === undefined ? 0 : before[0] * 1e9 + before[1])
    const seconds = Math.floor(passedNs / 1e9)
    return [seconds, passedNs - seconds * 1e9]
  }
  const showBigint = (ms: number): bigint => BigInt(Math.round(ms * NS_PER_MS))

  const hrtime = like(real.hrtime, (before?: [number, number]) => {
    // The real one checks the argument.
    const passed = real.hrtime(before)
    const elapsedMs = readClock('elapsed', 'process.hrtime')
    return elapsedMs === undefined ? passed : show(elapsedMs, before)
  })
  const bigint = like(real.hrtime.bigint, () => {
    const elapsedMs = readClock('elapsed', 'process.hrtime.bigint')
    return elapsedMs === undefined ? real.hrtime.bigint() : showBigint(elapsedMs)
  })
  attach(hrtime, clockTwin(operations, 'elapsed', show))
  attach(bigint, clockTwin(operations, 'elapsed', showBigint))
  return Object.assign(hrtime, { bigint })
}
