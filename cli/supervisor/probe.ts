// Asks a thread that is blocked by an endless loop what it is in the middle of. Node's debugger can interrupt a loop that nothing else can;
// nothing of it is loaded or switched on before it is needed.

import type { Stop } from '../context.js'
import { type Look, type RawFrame, SUPERVISED } from './messages.js'

/** Speaks to the first worker of this process. */
export class Probe {
  readonly #post: (method: string, params: Record<string, unknown>) => void
  readonly #answers = new Map<number, (result: unknown) => void>()
  readonly #scripts = new Map<string, string>()
  #session = ''
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
    this.#post = (method, params) => session.post(method, params)
    session.on('NodeWorker.attachedToWorker', ({ params }) => {
      this.#session = params.sessionId
      attached(this)
    })
    session.on('NodeWorker.receivedMessageFromWorker', ({ params }) => this.#received(JSON.parse(params.message) as Received))
    this.#post('NodeWorker.enable', { waitForDebuggerOnStart: false })
  }

  /** Stops the thread for a moment and looks at it; undefined if it does not answer, because it is blocked inside of Node. */
  async look(): Promise<Look | undefined> {
    return this.#whilePaused((frames) => `look(${JSON.stringify(frames)})`) as Promise<Look | undefined>
  }

  /** What stdout is to be told now that the command is ended. */
  async stopped(why: Stop): Promise<string | undefined> {
    return this.#whilePaused(() => `stopped(${JSON.stringify(why)})`) as Promise<string | undefined>
  }

  async #whilePaused(call: (frames: RawFrame[]) => string): Promise<unknown> {
    const paused = new Promise<RawFrame[]>((resolve) => {
      this.#paused = resolve
    })
    void this.#ask('Debugger.enable')
    void this.#ask('Debugger.pause')
    // A thread that does nothing is stopped in this.
    void this.#ask('Runtime.evaluate', { expression: '0' })
    try {
      const frames = await within(ANSWER_MS_MAX, paused)
      const expression = `JSON.stringify(globalThis[Symbol.for(${JSON.stringify(SUPERVISED)})].${call(frames)})`
      const { result } = (await within(ANSWER_MS_MAX, this.#ask('Runtime.evaluate', { expression, returnByValue: true }))) as { result?: { value?: unknown } }
      return typeof result?.value === 'string' ? JSON.parse(result.value) : undefined
    } catch {
      return undefined
    } finally {
      void this.#ask('Debugger.resume')
      // The thread shall run as fast as before.
      void this.#ask('Debugger.disable')
    }
  }

  #ask(method: string, params: Record<string, unknown> = {}): Promise<unknown> {
    const id = ++this.#number
    const answer = new Promise((resolve) => this.#answers.set(id, resolve))
    this.#post('NodeWorker.sendMessageToWorker', { sessionId: this.#session, message: JSON.stringify({ id, method, params }) })
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
        readonly callFrames: readonly { readonly functionName: string; readonly location: { readonly scriptId: string; readonly lineNumber: number; readonly columnNumber?: number } }[]
      }
    }

function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  return Promise.race([promise, new Promise<never>((_, reject) => setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms).unref())])
}

const ANSWER_MS_MAX = 2000
