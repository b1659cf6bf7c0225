// Runs a command on a thread of its own, and sees to it that the process ends whatever code under test does there: an endless loop without
// a step blocks its thread, so that not even Ctrl-C is heard on it.

import { Worker } from 'node:worker_threads'
import type { Activity } from '../../sim/heartbeat.js'
import type { Stop, Surroundings } from '../context.js'
import { type ExitCode, exitCode } from '../exit-code.js'
import { type Look, type Order, type Report, STDERR_COLUMNS, STDOUT_COLUMNS, shared } from './messages.js'
import { Probe } from './probe.js'

export interface SupervisorOptions {
  readonly surroundings: Surroundings
  /** All of standard input. */
  readStandardInput(): Promise<string>
  /** Time without a sign of life after which a command is ended; 0 for never. */
  readonly stallMs: number
}

export class Supervisor {
  readonly #worker: Worker
  readonly #shared = shared()
  #activity: Activity | undefined
  #task: Extract<Order, { kind: 'task' }>['task'] | undefined
  #options!: SupervisorOptions
  #end!: (code: ExitCode) => void
  #ended = false
  #abandoned = false
  #code: ExitCode | undefined
  #interrupts = 0
  #reacted = false
  #probe: Promise<Probe | undefined> | undefined

  /** Starts the thread, which gets ready while the arguments are read. */
  constructor() {
    this.#worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: this.#shared.buffer })
    process.on('SIGINT', () => this.#interrupt())
  }

  /** Has the thread do it; resolves when it has ended, or had to be left to itself: then the process must be ended. */
  async perform(task: Extract<Order, { kind: 'task' }>['task'], options: SupervisorOptions): Promise<ExitCode> {
    const { stdout, stderr, version } = options.surroundings
    this.#options = options
    this.#task = task
    const ended = new Promise<ExitCode>((resolve) => {
      this.#end = (code) => {
        this.#ended = true
        resolve(code)
      }
    })
    this.#worker.on('message', (report: Report) => this.#heard(report))
    this.#worker.on('error', (error) => this.#say(`expected nothing of the scenarios to run outside of executions, got an error there: ${described(error)}`))
    this.#worker.on('exit', (code) => this.#left(code))
    this.#noteColumns()
    process.stdout.on('resize', () => this.#noteColumns())
    process.stderr.on('resize', () => this.#noteColumns())
    const terminals = { stdout: { isTTY: stdout.isTTY, colorLevel: stdout.colorLevel }, stderr: { isTTY: stderr.isTTY, colorLevel: stderr.colorLevel } }
    this.#send({ kind: 'task', task, version, terminals })
    void this.#watch(options.stallMs)
    return ended
  }

  #heard(report: Report): void {
    // Nothing may follow the last words.
    if (this.#ended || this.#abandoned) return
    switch (report.kind) {
      case 'write':
        this.#options.surroundings[report.stream].write(report.text)
        break
      case 'activity':
        this.#activity = report.activity
        break
      case 'interrupted':
        this.#reacted = true
        break
      case 'read standard input':
        void this.#options.readStandardInput().then((text) => this.#send({ kind: 'standard input', text }))
        break
      case 'done':
        this.#code = report.code
        break
    }
  }

  #left(code: number): void {
    if (this.#ended || this.#abandoned) return
    if (this.#code === undefined) this.#say(`expected the command to come to an end, got an exit of its thread with code ${code}`)
    this.#end(this.#code ?? exitCode.fault)
  }

  #send(order: Order): void {
    this.#worker.postMessage(order)
  }

  #noteColumns(): void {
    const { columns } = this.#shared
    Atomics.store(columns, STDOUT_COLUMNS, process.stdout.columns ?? 0)
    Atomics.store(columns, STDERR_COLUMNS, process.stderr.columns ?? 0)
  }

  #interrupt(): void {
    this.#interrupts++
    if (this.#interrupts > 1 || this.#task === undefined) void this.abandon().then(() => process.exit(exitCode.interrupted))
    if (this.#interrupts > 1) return
    this.#send({ kind: 'interrupt' })
    setTimeout(() => void this.#stopBlocked(), INTERRUPT_MS_MAX).unref()
  }

  /** The thread did not hear of Ctrl-C: it is blocked, so it is left to itself. */
  async #stopBlocked(): Promise<void> {
    if (this.#reacted || this.#ended) return
    const look = await this.#look()
    if (this.#reacted || this.#ended) return
    const { blockedSentence } = await import('./stall.js')
    await this.#stop({ kind: 'interrupted', exitCode: exitCode.interrupted, message: blockedSentence(this.#activity, look) }, look)
  }

  async #watch(stallMs: number): Promise<void> {
    // At a breakpoint, code may stand still for as long as people like.
    if (stallMs === 0 || process.execArgv.some((flag) => flag.startsWith('--inspect'))) return
    const { Watch } = await import('./watch.js')
    const watch = new Watch({ heartbeat: this.#shared.heartbeat, look: () => this.#look(), clockMs: () => performance.now() }, stallMs)
    while (!this.#ended) {
      await new Promise((resolve) => setTimeout(resolve, Math.min(LOOK_EVERY_MS, stallMs / 8)).unref())
      const stalled = await watch.stalled()
      if (stalled === undefined || this.#ended) continue
      const { seedIn, stallSentence } = await import('./stall.js')
      const message = stallSentence(this.#activity, seedIn(this.#shared.heartbeat), stalled.look, stallMs)
      await this.#stop({ kind: 'stalled', exitCode: exitCode.fault, message }, stalled.look)
    }
  }

  async #look(): Promise<Look | undefined> {
    return (await this.#attached())?.look()
  }

  #attached(): Promise<Probe | undefined> {
    this.#probe ??= Probe.attach()
    return this.#probe
  }

  /** Last words: what there is so far, and why there is no more. */
  async #stop(why: Stop, look: Look | undefined): Promise<void> {
    // A thread that did not answer once will not answer now.
    const soFar = look === undefined ? undefined : await (await this.#attached())?.stopped(why)
    if (this.#ended) return
    const { stdout, stderr, version } = this.#options.surroundings
    // The line that shows how it goes may stand there.
    if (stderr.isTTY) stderr.write('\r\u001b[2K')
    if (soFar) {
      stdout.write(soFar)
    } else if (this.#task?.options.json) {
      const { stoppedJson } = await import('../report/json.js')
      stdout.write(stoppedJson({ heddle: version, command: this.#task.command }, why))
    }
    this.#say(why.message)
    await this.abandon()
    this.#end(why.exitCode)
  }

  /** Ends the thread. One that is blocked inside of Node cannot be ended, and `process.exit` would wait for it. */
  async abandon(): Promise<void> {
    this.#abandoned = true
    const late = setTimeout(() => process.kill(process.pid, 'SIGKILL'), ABANDON_MS_MAX)
    // Nobody can end a thread that a debugger has stopped.
    if (this.#probe !== undefined) (await this.#probe)?.detach()
    await this.#worker.terminate()
    clearTimeout(late)
  }

  #say(message: string): void {
    this.#options.surroundings.stderr.write(`heddle: ${message}\n`)
  }
}

function described(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** A thread that does not hear of Ctrl-C within this time is blocked. */
const INTERRUPT_MS_MAX = 2000
const LOOK_EVERY_MS = 250
/** Time to end a thread and to write out what was said, until the process is ended by force. */
const ABANDON_MS_MAX = 1000
