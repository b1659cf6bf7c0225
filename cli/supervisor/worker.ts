// The thread on which a command runs. It may be blocked for ever by code under test, so it holds nothing that the process needs to end well:
// what it writes goes to the supervisor as messages, which leave at once.

import { randomBytes } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { parentPort, workerData } from 'node:worker_threads'
import { ACTIVITY, LOADING, watchHeartbeat } from '../../sim/heartbeat.js'
import type { Context, Stop, Terminal } from '../context.js'
import { loadEngine } from '../engine.js'
import { exitCode } from '../exit-code.js'
import { perform, type Task } from '../task.js'
import {
  type Look,
  type Order,
  type RawFrame,
  type Report,
  STDERR_COLUMNS,
  STDOUT_COLUMNS,
  type StreamName,
  SUPERVISED,
  shared,
  type TerminalFacts,
} from './messages.js'

const port = parentPort as NonNullable<typeof parentPort>
const { heartbeat, columns } = shared(workerData as SharedArrayBuffer)
const listeners = new Set<() => void>()
let inputArrived: ((text: string) => void) | undefined
let stopped: ((why: Stop) => string) | undefined

/** On its way while the supervisor reads the arguments; with what the supervisor needs in order to look at it. */
const ready = Promise.all([loadEngine(), import('../../sim/execution.js'), import('../../sim/host.js'), import('../../sim/instrument/positions.js')])
let inside: Awaited<typeof ready> | undefined

watchHeartbeat(heartbeat, (activity) => tell({ kind: 'activity', activity }))

port.on('message', (order: Order) => {
  switch (order.kind) {
    case 'task':
      void work(order.task, order.version, order.terminals)
      break
    case 'interrupt':
      tell({ kind: 'interrupted' })
      if (listeners.size === 0) leave(exitCode.interrupted)
      else for (const listener of listeners) listener()
      break
    case 'standard input':
      inputArrived?.(order.text)
      break
  }
})

Object.defineProperty(globalThis, Symbol.for(SUPERVISED), { value: { look, stopped: (why: Stop) => stopped?.(why) ?? '' } })

async function work(task: Task, version: string, terminals: Readonly<Record<StreamName, TerminalFacts>>): Promise<void> {
  // What code under test prints keeps its place in the output, and does not end up inside a JSON document.
  divert(process.stdout, task.options.json ? 'stderr' : 'stdout')
  divert(process.stderr, 'stderr')
  const context: Context = {
    version,
    cwd: process.cwd(),
    env: process.env,
    stdout: terminal('stdout', terminals.stdout, STDOUT_COLUMNS),
    stderr: terminal('stderr', terminals.stderr, STDERR_COLUMNS),
    async loadEngine() {
      inside = await ready
      return inside[0]
    },
    onInterrupt(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    whenStopped(answer) {
      stopped = answer
    },
    readStandardInput: () =>
      new Promise((resolve) => {
        inputArrived = resolve
        tell({ kind: 'read standard input' })
      }),
    clockMs: () => performance.now(),
    freshSeed: () => randomBytes(4).toString('hex'),
  }
  leave(await perform(task, context))
}

function leave(code: number): void {
  tell({ kind: 'done', code: code as typeof exitCode.passed })
  // Code of the user's may have left timers behind that would keep the thread alive.
  process.exit(code)
}

function tell(report: Report): void {
  port.postMessage(report)
}

function terminal(stream: StreamName, facts: TerminalFacts, word: number): Terminal {
  return {
    write: (text) => tell({ kind: 'write', stream, text }),
    ...facts,
    get columns() {
      return Atomics.load(columns, word) || undefined
    },
  }
}

/** A worker's own streams hold back what is written until the event loop turns, which it may never do again. */
function divert(from: NodeJS.WriteStream, stream: StreamName): void {
  from.write = (chunk: string | Uint8Array, encoding?: unknown, done?: unknown) => {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()
    tell({ kind: 'write', stream, text })
    const callback = typeof encoding === 'function' ? encoding : done
    if (typeof callback === 'function') process.nextTick(callback as () => void)
    return true
  }
}

/** Called through the debugger, while the code of this thread stands still. */
function look(frames: readonly RawFrame[]): Look {
  if (inside === undefined) throw new Error('heddle internal: looked at before the engine was loaded')
  const [, { execution }, { host }, { mapStack }] = inside
  const running = host.current !== undefined
  // What has no file is what the supervisor asked for itself.
  const own = frames.filter(({ url }) => url.startsWith('file:'))
  const stack = `Error\n${own.map(({ name, url, line, column }) => `    at ${name || '<anonymous>'} (${url}:${line}:${column})`).join('\n')}`
  const places = mapStack(stack).frames.map(({ name, file, line }) => (name === '' ? `${file}:${line}` : `${name} (${file}:${line})`))
  const loading = Atomics.load(heartbeat, ACTIVITY) === LOADING
  const instrumenting = own.some(({ url }) => /\/sim\/instrument\/(?!load\.js)/.test(url))
  const ofUser = own.some(({ url }) => /-[0-9a-f]{12}\.[cm]js$/.test(url))
  const waiting = own.length === 0
  return {
    phase: running ? execution.phase : undefined,
    actor: execution.current.name,
    steps: running ? execution.trace.steps : 0,
    ownWork: instrumenting || (!loading && !running && !waiting && !ofUser),
    waiting,
    places,
  }
}
