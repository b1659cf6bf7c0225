// A host and a runtime for tests of the stand-ins: they write down what they are asked for.

import { Disk } from '../disk/disk.js'
import { type Host, host, OutsideWorldError } from '../host.js'
import type { Twin } from '../instrument/contract.js'
import { twin } from '../instrument/twins.js'
import type { Callable, Operations } from './operations.js'

export interface FakeHost extends Host {
  phase: Host['phase']
  threadId: number
  /** All calls in order, as text: `insideOneStep Atomics.load`. */
  readonly calls: string[]
  /** What was queued and started, in order. */
  readonly tasks: { callback: (...args: unknown[]) => unknown; args: readonly unknown[]; delayMs?: number; repeat?: boolean }[]
  /** Whether the next clock read is pending. */
  isPending: boolean
}

export const SWITCH: symbol = Symbol('switch')
export const EPOCH_MS = Date.UTC(2001, 1, 3, 4, 5, 6, 789)
export const ELAPSED_MS = 1234.5

export function createFakeHost(phase: Host['phase'] = 'peer', threadId = phase === 'peer' ? 3 : 0): FakeHost {
  let random = 0
  const calls: string[] = []
  const tasks: FakeHost['tasks'] = []
  const fake: FakeHost = {
    phase,
    peer: threadId - 1,
    boot: 0,
    threadId,
    calls,
    tasks,
    isPending: false,
    asyncContext: undefined,
    nowMs: () => EPOCH_MS + 0.25,
    elapsedMs: () => ELAPSED_MS,
    clockRead(kind) {
      calls.push(`clockRead ${kind}`)
      if (fake.isPending) return SWITCH
      return kind === 'epoch' ? EPOCH_MS + 0.25 : ELAPSED_MS
    },
    // A different number each time, bits everywhere (Weyl sequence).
    randomInt32: () => (random = (random + 0x9e3779b9) | 0),
    insideOneStep: (operation) => void calls.push(`insideOneStep ${operation}`),
    disk: new Disk({ choose: () => 0, nowMs: () => EPOCH_MS }),
    fileStep(operation) {
      calls.push(`fileStep ${operation.name} ${operation.path}`)
      return SWITCH
    },
    fileInsideOneStep(operation) {
      calls.push(`fileInsideOneStep ${operation.name} ${operation.path}`)
      return operation.perform(undefined)
    },
    moduleLoaded: (what) => void calls.push(`moduleLoaded ${what}`),
    wouldBlock(operation) {
      throw new Error(`would block: ${operation}`)
    },
    notify(_array, index, count) {
      calls.push(`notify ${index} ${count}`)
      return 7
    },
    waitAsync(_array, index, value, timeoutMs) {
      calls.push(`waitAsync ${index} ${value} ${timeoutMs}`)
      return { async: true, value: 'promised' }
    },
    startTimer(callback, delayMs, args, repeat) {
      tasks.push({ callback, args, delayMs, repeat })
      return tasks.length
    },
    stopTimer: (id) => void calls.push(`stopTimer ${id}`),
    enqueue: (callback, args) => void tasks.push({ callback, args }),
    refuse(call) {
      throw new OutsideWorldError(call)
    },
  }
  return fake
}

/** Runs `body` while `current` is the execution that runs. */
export function during<T>(current: Host, body: () => T): T {
  host.current = current
  try {
    return body()
  } finally {
    host.current = undefined
  }
}

export interface FakeOperations extends Operations {
  readonly calls: string[]
  /** Whether the next operation is pending. */
  isPending: boolean
  twinOf(f: unknown): Twin
}

export function createFakeOperations(): FakeOperations {
  const sites: string[] = []
  const calls: string[] = []
  const operation = (name: string) => (site: number, array: unknown, index: unknown, value: unknown, last: unknown) => {
    calls.push(`${name} at ${sites[site]}: ${[index, value, last].filter((x) => x !== undefined).join(' ')}`)
    if (fake.isPending) return SWITCH
    return Reflect.apply((Atomics as unknown as Record<string, Callable>)[name], Atomics, [array, index, value, last])
  }
  const names = ['load', 'store', 'add', 'sub', 'and', 'or', 'xor', 'exchange', 'compareExchange', 'wait', 'waitAsync', 'notify']
  const fake = {
    SWITCH,
    calls,
    isPending: false,
    ...Object.fromEntries(names.map((name) => [name, operation(name)])),
    aliasSite: (name: string) => sites.push(name) - 1,
    takeBuffer(byteLength: number) {
      calls.push(`takeBuffer ${byteLength}`)
      return new SharedArrayBuffer(byteLength)
    },
    twinOf: (f: object) => twin(f, 'f') as Twin,
  } as unknown as FakeOperations
  return fake
}
