// Asks a thread that is blocked by an endless loop what it is in the middle of. Node's debugger can interrupt a loop that nothing else can;
// nothing of it is loaded or switched on before it is needed.

import type { Stop } from '../context.js'
import { type Look, type RawFrame, SUPERVISED } from './messages.js'

/** Speaks to the first worker of this process. */
export class Probe {
  readonly #session: import('node:inspector').Session
  readonly #answers = new Map<number, (result: unknown) => void>()
  readonly #scripts = new Map<string, string>()
  #worker = ''
  #number = 0
  #paused: ((frames: RawFrame[]) => void) | undefined

  /** Undefined where Node was built without a debugger, or does not answer. */
  static async attach(): Promise<Probe | undefined> {
    try {
      const { Session } = await import('node:inspector')
      const session = new Session()
      session.connect()
      return await within(ANSWER_MS_MAX, new Promise<Probe>((resolve) => new Probe(session, resolve)))
    } catch {
      return undefined
    }
  }

  private constructor(session: import('node:inspector').Session, attached: (probe: Probe) => void) {
    this.#session = session
    session.on('NodeWorker.attachedToWorker', ({ params }) => {
      this.#worker = params.sessionId
      attached(this)
    })
    session.on('NodeWorker.receivedMessageFromWorker', ({ params }) => this.#received(JSON.parse(params.message) as Received))
    session.post('NodeWorker.enable', { waitForDebuggerOnStart: false })
  }

  /** Stops the thread for a moment and looks at it; undefined if it does not answer, because it is blocked inside of Node. */
  async look(): Promise<Look | undefined> {
    return this.#between((frames) => `look(${JSON.stringify(frames)})`) as Promise<Look | undefined>
  }

  /** What stdout is to be told now that the command is ended. */
  async stopped(why: Stop): Promise<string | undefined> {
    return this.#between(() => `stopped(${JSON.stringify(why)})`) as Promise<string | undefined>
  }

  /** Lets go of the thread: one that is stopped goes on. */
  detach(): void {
    this.#session.disconnect()
  }

  /** Calls something of the thread's between two instructions of what it runs; with no frames if it runs nothing. */
  async #between(call: (frames: readonly RawFrame[]) => string): Promise<unknown> {
    try {
      await within(ANSWER_MS_MAX, this.#ask('Debugger.enable'))
      const paused = new Promise<readonly RawFrame[]>((resolve) => {
        this.#paused = resolve
      })
      await within(ANSWER_MS_MAX, this.#ask('Debugger.pause'))
      const frames = await within(PAUSE_MS_MAX, paused).catch(() => [])
      // The pause must not befall the call itself.
      if (frames.length === 0) await within(ANSWER_MS_MAX, this.#ask('Debugger.disable'))
      const expression = `JSON.stringify(globalThis[Symbol.for(${JSON.stringify(SUPERVISED)})].${call(frames)})`
      const { result } = (await within(ANSWER_MS_MAX, this.#ask('Runtime.evaluate', { expression, returnByValue: true }))) as { result?: { value?: unknown } }
      if (frames.length > 0) await within(ANSWER_MS_MAX, this.#ask('Debugger.resume'))
      // So that the thread runs as fast as before.
      await within(ANSWER_MS_MAX, this.#ask('Debugger.disable'))
      return typeof result?.value === 'string' ? JSON.parse(result.value) : undefined
    } catch {
      return undefined
    }
  }

  #ask(method: string, params: Record<string, unknown> = {}): Promise<unknown> {
    const id = ++this.#number
    const answer = new Promise((resolve) => this.#answers.set(id, resolve))
    this.#session.post('NodeWorker.sendMessageToWorker', { sessionId: this.#worker, message: JSON.stringify({ id, method, params }) })
    return answer
  }

  #received(message: Received): void {
    if ('id' in message) {
      this.#answers.get(message.id)?.(message.result)
      this.#answers.delete(message.id)
    } else if (message.method === 'Debugger.scriptParsed') {
      this.#scripts.set(message.params.scriptId, message.params.url)
    } else if (message.method === 'Debugger.paused') {
      const frames = message.params.callFrames.map(({ functionName, location }) => ({
        name: functionName,
        url: this.#scripts.get(location.scriptId) ?? '',
        line: location.lineNumber + 1,
        column: (location.columnNumber ?? 0) + 1,
      }))
      this.#paused?.(frames)
      this.#paused = undefined
    }
  }
}

type Received =
  | { readonly id: number; readonly result: unknown }
  | { readonly method: 'Debugger.scriptParsed'; readonly params: { readonly scriptId: string; readonly url: string } }
  | {
      readonly method: 'Debugger.paused'
      readonly params: {
        readonly callFrames: readonly {
          readonly functionName: string
          readonly location: { readonly scriptId: string; readonly lineNumber: number; readonly columnNumber?: number }
        }[]
      }
    }

async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

const ANSWER_MS_MAX = 2000
/** A thread that runs is stopped at once. */
const PAUSE_MS_MAX = 500
