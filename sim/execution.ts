// One execution: the peers, the one that runs, and the decision before each step. Everything else stands on this file.
//
// A peer's code runs in a generator. Before each operation it asks `ahead()`: the scheduler checks what must hold between two steps
// and picks the next actor. If that is the same peer, the operation happens at once and nothing is suspended; otherwise the
// operation stays pending and the generator yields up to `run()`, which goes on with the actor that was picked. A pending
// operation is performed when its actor is picked again. So the code of one peer between two of its operations is never
// interrupted, and a step is: perform the operation, run on to the next one.
//
// There is one execution object for the process: its fields are reset between executions, and its arrays are reused.

import { Actor, CLOCK_ID, ENVIRONMENT_FIRST } from './actor.js'
import { BufferPool } from './buffer-pool.js'
import type { Body } from './call-stack.js'
import { Cast, type Code } from './cast.js'
import { plural } from './count.js'
import { cannotEnd, deadlockMessage } from './deadlock.js'
import { type Decision, Disk } from './disk/disk.js'
import { DynamicImports } from './dynamic-imports.js'
import { Environment, POWER_AT_END_LABEL } from './environment.js'
import { EventLoop } from './event-loop.js'
import type { FaultCounts } from './faults.js'
import { describeError, HarnessFault, isHarnessFault, mustNotThrow } from './harness-fault.js'
import { host } from './host.js'
import type { AtomicArray, Switch } from './instrument/contract.js'
import { twin } from './instrument/twins.js'
import type { HistoryEvent } from './invariant.js'
import { InvariantChecks, type Violation } from './invariant-checks.js'
import { changesState, NONE, TASK } from './operation.js'
import type { Failure } from './outcome.js'
import { perform, PENDING as THE_PENDING } from './perform.js'
import { ExecutionStreams, type RandomStream, type Seed, type StreamName } from './random-streams.js'
import type { Scenario } from './scenario.js'
import { SimulatedHost } from './simulated-host.js'
import { onlySpins, spinningMessage } from './spinning.js'
import type { StepRecorder } from './step-recorder.js'
import { LEAD_MAX, type Run, type Strategy } from './strategies/strategy.js'
import { ACTORS_MAX, Trace, WORDS_PER_STEP } from './trace.js'
import { Waiters } from './waiters.js'

/** What stays the same for all executions of a campaign. */
export interface ExecutionOptions extends FaultCounts {
  readonly stepsMax: number
  /** Steps that an execution is expected to take, at least 1. */
  readonly lengthEstimate: number
}

/** `microtasks`: the execution has not ended, but promises must settle before it can go on. */
export type RunState = 'ended' | 'microtasks'

/** Returned by an operation that is left pending. */
export const SWITCH: Switch = Symbol('heddle switch')
/** Returned by {@link Execution.enter} where the caller must run the call itself, with `yield*`. */
export const NESTED: Switch = Symbol('heddle nested')

/** A constant of this module is one to the engine too; an imported one it fetches and compares the long way at every step. */
const PENDING = THE_PENDING

/** Picked when nothing may run any more. */
const HALT = new Actor(ACTORS_MAX, 'halt', 'halt')
/** Picked when promises must settle before anybody goes on. */
const SETTLE = new Actor(ACTORS_MAX, 'settle', 'settle')
/** Until it is decided who goes next: in detailed executions only when the operation that asks is pending, so that it can be recorded. */
const UNDECIDED = new Actor(ACTORS_MAX, 'undecided', 'undecided')
/** What `current` is before the first step. */
const NOBODY = new Actor(ACTORS_MAX, 'nobody', 'nobody')
/** Steps between two looks at whether the execution gets anywhere. */
const LOOK_EVERY = 500

type SteppedCode = (this: unknown, ...args: unknown[]) => Body

export class Execution implements Run {
  // The subject.
  subject!: Scenario
  options!: ExecutionOptions
  strategy!: Strategy
  world: unknown
  seed: Seed = 0

  // Who may run.
  readonly cast = new Cast(this)
  readonly peers: readonly Actor[] = this.cast.peers
  readonly ready: Actor[] = []
  readyCount = 0
  enabledCount = 0
  /** Peers that wait for a notification, a moment or a promise. */
  blockedCount = 0
  /** The actor that runs or took the last step. */
  current: Actor = NOBODY
  /** The actor picked for the next step. */
  next: Actor = HALT
  enabledVersion = 0
  // Lengths of the trace at which something is due: a comparison costs less at every step than a counter or two.
  /** Up to here the current actor may go on without asking. */
  #aheadUntil = 0
  /** Up to here it goes on where it must ask before each step. */
  #leadUntil = 0
  /** From here on something must be done between any two steps: from the start for invariants, details and an end, else where `#lookAt` says. */
  #attentionFrom = 0
  #attention = false
  /** The number of steps at which to see whether the execution gets anywhere. */
  #lookAt = 0
  /** So many ready actors are as likely as each other to be picked; 0 where the strategy must be asked. */
  #drawAmong = 0
  /** While an actor runs up to its first operation, which always stays pending. */
  #starting = false
  /** A promise that somebody awaits was settled: microtasks must run before the next step. */
  #settling = false
  /** Steps taken when microtasks last ran. */
  #settledAt = -1

  // What happened.
  readonly trace = new Trace()
  readonly history: HistoryEvent[] = []
  readonly labelsSeen = new Set<string>()
  failure: Failure | undefined = undefined
  /** A fault of the harness, thrown at the end of {@link run}. */
  #fault: Error | undefined = undefined
  #eventSinceCheck = false

  // What the peers share.
  readonly environment = new Environment(this)
  readonly enabledEnvironment: readonly Actor[] = this.environment.enabled
  readonly eventLoop = new EventLoop(this)
  readonly imports = new DynamicImports(this)
  readonly waiters = new Waiters()
  readonly buffers = new BufferPool()
  readonly disk = new Disk({
    choose: (bound, label) => this.choose(bound, label, 'disk'),
    nowMs: () => this.environment.clock.nowMs,
  })
  /** `setup`: the world is being built. `peer`: code of a peer runs. `check`: invariants and the like run. */
  phase: 'setup' | 'peer' | 'check' = 'setup'

  /**
   * Whether errors of running code have stacks. Where an error is an answer (a lock refused, a slot freed twice) its stack takes longer
   * than the whole execution, and only what is looked at closely shows it. Faults always have one.
   */
  keepsStacks = false
  /** Frames that stacks have outside {@link run}. */
  #stackTraceLimit = Error.stackTraceLimit
  /** Only in detailed executions. */
  recorder: StepRecorder | undefined = undefined
  /** Called for each atomic operation that runs inside one step; set in sampled executions. */
  onInsideOneStep: ((operation: string) => void) | undefined = undefined
  /** Called with the victim before it dies. */
  onCrash: ((victim: Actor) => void) | undefined = undefined
  /** Called after a power failure, before set-up, with what it decided. */
  onPowerFailure: ((decisions: readonly Decision[]) => void) | undefined = undefined
  /** Power failures of this execution so far. */
  boot = 0
  environmentSteps = 0

  /** A new one after each execution with timers, so that their handles, kept in a variable of a module, are known to be old. */
  #host = new SimulatedHost(this)
  #checks!: InvariantChecks
  readonly #streams = new ExecutionStreams()
  readonly #schedule = this.#streams.schedule

  get lengthEstimate(): number {
    return this.options.lengthEstimate
  }

  get expires(): boolean {
    return this.subject.deadlines !== undefined
  }

  get faultsLeft(): FaultCounts {
    return this.environment.left
  }

  /** Takes a subject: the executions that follow are its. */
  load(subject: Scenario, options: ExecutionOptions): void {
    this.subject = subject
    this.options = options
    this.labelsSeen.clear()
    this.#checks = new InvariantChecks(subject)
    this.cast.load(subject)
  }

  /** Sets an execution up: the world, the peers, the first pick. `run()` does the rest. Throws faults of the harness. */
  begin(seed: Seed, strategy: Strategy, recorder?: StepRecorder): void {
    this.seed = seed
    this.strategy = strategy
    this.recorder = recorder
    this.#lookAt = Math.min(this.options.stepsMax, LOOK_EVERY)
    this.#setAttention(false)
    this.#reset()
    host.current = this.#host
    recorder?.begin()
    this.world = this.#firstBoot()
    this.#checks.begin(this.world)
    strategy.begin(this)
    if (strategy.uniform === true) this.stream('schedule')
    for (let id = 0; id < this.peers.length; id++) this.startPeer(this.peers[id] as Actor)
    this.environment.refresh()
    this.current = NOBODY
    this.phase = 'peer'
    this.#setAttention(recorder !== undefined || this.#checks.betweenSteps || this.#ending())
    this.next = this.#decide()
  }

  /**
   * Set-up of an execution that begins. Errors are answers there too (a file that is not there), so it runs without stacks as well; where it throws, it
   * runs again from the start, and throws the same with a stack.
   */
  #firstBoot(): unknown {
    const limit = Error.stackTraceLimit
    this.#stackTraceLimit = limit
    if (this.recorder !== undefined || this.keepsStacks) return this.#boot()
    Error.stackTraceLimit = 0
    try {
      return this.#boot()
    } catch (error) {
      Error.stackTraceLimit = limit
      this.#reset()
      host.current = this.#host
      this.#boot()
      throw error
    } finally {
      Error.stackTraceLimit = limit
    }
  }

  #boot(): unknown {
    let world: unknown
    try {
      world = this.subject.setup({ boot: this.boot })
    } catch (error) {
      // What a power failure left may be more than set-up can take.
      if (this.boot > 0 && !isHarnessFault(error)) {
        this.fail('violated', 'setup threw', `setup threw ${describeError(error)} after a power failure`, error instanceof Error ? error.stack : undefined)
        return undefined
      }
      return mustNotThrow(this.subject.name, 'setup', () => {
        throw error
      })
    }
    if (world instanceof Promise) throw new HarnessFault(`scenario "${this.subject.name}": setup: expected the world, got a promise; setup cannot be async`)
    return world
  }

  /** Runs until the execution ends, or until promises must settle: then let microtasks run, call {@link afterMicrotasks} and this again. */
  run(): RunState {
    this.#stackTraceLimit = Error.stackTraceLimit
    if (this.recorder === undefined && !this.keepsStacks) Error.stackTraceLimit = 0
    try {
      this.#loop()
    } finally {
      Error.stackTraceLimit = this.#stackTraceLimit
    }
    if (this.#fault !== undefined) throw this.#fault
    return this.next === HALT ? 'ended' : 'microtasks'
  }

  #loop(): void {
    for (;;) {
      const actor = this.next
      if (actor.id < ENVIRONMENT_FIRST) this.#step(actor)
      else if (actor.id < ACTORS_MAX) this.#environmentStep(actor)
      else if (actor === UNDECIDED) this.next = this.#decide()
      else return
    }
  }

  afterMicrotasks(): void {
    this.#settling = false
    this.#settledAt = this.trace.steps
    for (const actor of this.cast.everybody) if (actor.settling && !actor.tasks.isEmpty) this.eventLoop.wake(actor)
    this.#setAttention(this.recorder !== undefined || this.#checks.betweenSteps || this.#ending())
    this.next = this.#decide()
  }

  /** Lets the globals be themselves again. */
  end(): void {
    host.current = undefined
    this.recorder?.end()
    this.eventLoop.rejections.end()
  }

  // --- Asked by operations of running code ---

  /** The decision before an operation: true if the peer that asks goes on at once; false if it must leave its operation pending and yield. */
  ahead(): boolean {
    const { length } = this.trace
    if (length < this.#aheadUntil) return true
    if (length >= this.#attentionFrom) return this.#aheadWithAttention()
    const next = this.#pick()
    if (next === this.current) return true
    this.next = next
    return false
  }

  /**
   * Runs a call of stepped code by stepped code: its result, or SWITCH if it was suspended; then the caller must `yield` and is resumed with
   * the result, or the exception. NESTED in detailed executions, in which stacks show the callers.
   */
  enter(call: Body): unknown {
    if (this.recorder !== undefined) return NESTED
    const answer = this.current.calls.begin(call)
    return answer.done ? answer.value : SWITCH
  }

  /** The same where something has to be done between any two steps. */
  #aheadWithAttention(): boolean {
    const { recorder } = this
    if (recorder !== undefined) {
      this.current.stack = recorder.captureStack()
      this.next = UNDECIDED
      return false
    }
    const next = this.#between() ? this.#pick() : this.#stopped()
    this.next = next
    return next === this.current
  }

  /** The next of those that are enabled, of whom there is at least one. */
  #pick(): Actor {
    const among = this.#drawAmong
    // Written out for the random walk, which is asked at every step: asking the strategy for its pick and lead costs 4 ns.
    if (among > 0) return this.ready[this.#schedule.draw(among)] as Actor
    return this.#ask()
  }

  #ask(): Actor {
    if (this.#attention && this.trace.length < this.#leadUntil) return this.current
    if (this.enabledCount === 1 && this.readyCount === 1) {
      this.#grant(LEAD_MAX)
      return this.ready[0] as Actor
    }
    const next = this.strategy.pick(this)
    this.#grant(this.strategy.lead)
    return next
  }

  /** Lets the actor that was picked take `lead` steps; where something must be done between them, it still asks before each. */
  #grant(lead: number): void {
    const until = Math.min(this.trace.length + lead * WORDS_PER_STEP, this.#lookAt * WORDS_PER_STEP)
    if (this.#attention) this.#leadUntil = until
    else this.#aheadUntil = until
  }

  /** Whether nobody may go on with the next step. */
  #ending(): boolean {
    return this.failure !== undefined || this.#fault !== undefined || this.#settling
  }

  /** The next operation must ask, and so must all that follow. */
  #payAttention(): void {
    this.#setAttention(true)
    this.#aheadUntil = 0
    this.#leadUntil = 0
    this.enabledVersion++
  }

  #setAttention(attention: boolean): void {
    this.#attention = attention
    this.#attentionFrom = attention ? 0 : this.#lookAt * WORDS_PER_STEP
  }

  /** Other actors can act now: the next operation must ask. */
  #enabledChanged(): void {
    this.enabledVersion++
    this.#aheadUntil = 0
    this.#leadUntil = 0
    this.#drawAmong = this.strategy.uniform === true && this.readyCount === this.enabledCount && this.readyCount > 1 ? this.readyCount : 0
  }

  choose(bound: number, label: string, stream: StreamName): number {
    return bound < 2 ? 0 : this.strategy.choose(this, bound, label, stream)
  }

  stream(name: StreamName): RandomStream {
    return this.#streams.take(name, this.seed)
  }

  /** Adds to the history and asks the invariants that look at events. */
  report(kind: HistoryEvent['kind'], name: string, actor: Actor, data: unknown): void {
    const event: HistoryEvent = { kind, name, peer: actor.id, incarnation: actor.incarnation, step: this.trace.steps, data }
    this.history.push(event)
    this.#eventSinceCheck = true
    if (!this.#checks.onEvents || this.failure !== undefined) return
    const before = this.phase
    this.phase = 'check'
    const violation = this.#checks.atEvent(event, this.history, this.world)
    this.phase = before
    this.#violatedBy(violation)
  }

  /** What the scenario says of its state now; undefined if it says nothing. */
  describe(): Readonly<Record<string, unknown>> | undefined {
    const { subject } = this
    if (subject.describe === undefined) return undefined
    return this.checking(() => mustNotThrow(subject.name, 'describe', () => subject.describe?.(this.world)))
  }

  /** The scenario's name for a location; undefined if it has none. */
  locate(array: AtomicArray, index: number): string | undefined {
    const { subject } = this
    if (subject.locate === undefined) return undefined
    const byteOffset = array.byteOffset + index * array.BYTES_PER_ELEMENT
    return this.checking(() => mustNotThrow(subject.name, 'locate', () => subject.locate?.(this.world, array.buffer, byteOffset)))
  }

  /** Runs code of invariants and the like: its atomic operations are no steps. */
  checking<T>(run: () => T): T {
    const before = this.phase
    this.phase = 'check'
    const result = run()
    this.phase = before
    return result
  }

  /** Ends the campaign with a fault of the harness; returns it for throwing. */
  stop(fault: Error): Error {
    if (Error.stackTraceLimit === 0) this.#giveStack(fault)
    this.#fault ??= fault
    this.#payAttention()
    return fault
  }

  /** Running code asks for what ends the campaign: its place is wanted, although running code makes no stacks. */
  #giveStack(fault: Error): void {
    Error.stackTraceLimit = this.#stackTraceLimit
    Error.captureStackTrace(fault)
    Error.stackTraceLimit = 0
  }

  /** Code that cannot be stepped did an atomic operation, so the step may have changed more than its own operation says. */
  insideOneStep(operation: string): void {
    this.#eventSinceCheck = true
    this.onInsideOneStep?.(operation)
  }

  promiseSettled(): void {
    this.#settling = true
    this.#payAttention()
  }

  // --- Asked by the environment ---

  /** So many more actors of the environment can act now. */
  environmentChanged(difference: number): void {
    this.enabledCount += difference
    this.#enabledChanged()
  }

  /** A step that an actor of the environment took. */
  stepDone(actor: Actor, kind: number, index: number, result: unknown): void {
    this.trace.add(actor, kind, index, result)
    this.recorder?.result(result)
  }

  /** Takes an actor out of those that can run. */
  block(actor: Actor): void {
    this.#leaveReady(actor)
    actor.state = 'blocked'
    this.blockedCount++
  }

  /** Lets a blocked actor run again; `operation` is what its next step will be, `result` what that gives. */
  wake(actor: Actor, operation: number, result: unknown): void {
    if (actor.state !== 'blocked') throw new Error(`heddle internal: ${actor.name} is ${actor.state}, not blocked`)
    this.blockedCount--
    if (operation === TASK) actor.expectTask()
    else {
      actor.operation = operation
      actor.first = result
    }
    this.#makeReady(actor)
  }

  /** Ends a peer between two of its steps: nothing of it runs any more. */
  kill(victim: Actor): void {
    this.waiters.removeActor(victim.id)
    this.environment.clock.stopAllOf(victim.id)
    this.eventLoop.rejections.forget(victim)
    if (victim.state === 'ready') this.#leaveReady(victim)
    else this.blockedCount--
    const { incarnation, observed } = victim
    victim.reset()
    victim.incarnation = incarnation
    victim.observed = observed
    victim.state = 'crashed'
  }

  startPeer(actor: Actor): void {
    this.#start(actor, this.cast.codeOf(actor), this.world, this.cast.handleOf(actor))
  }

  /**
   * The power fails and comes back: nothing of anybody runs any more, shared memory is gone, and of the disk there is what survived. Set-up
   * builds a new world, and all peers begin again, those too that had ended.
   */
  reboot(power: Actor): void {
    for (const actor of this.cast.everybody) if (actor.state === 'ready' || actor.state === 'blocked') this.kill(actor)
    this.boot++
    this.phase = 'setup'
    const decisions = this.onPowerFailure === undefined ? [] : this.disk.unsynced()
    const survived = this.disk.powerFailure()
    this.onPowerFailure?.(decisions)
    this.world = this.#boot()
    this.phase = 'check'
    if (this.failure !== undefined) return
    this.#checks.afterPowerFailure(this.world)
    this.report('power failure', power.kind, power, survived)
    for (const peer of this.peers) {
      peer.incarnation++
      this.startPeer(peer)
    }
  }

  /** Starts the scenario's recovery, if it has one, for a peer that died or was declared dead. */
  recover(dead: Actor, crashed: boolean): void {
    const { recover } = this.subject
    if (recover === undefined) return
    const actor = this.cast.addRecovery()
    if (actor === undefined) return
    const about = { id: dead.id, kind: dead.kind, incarnation: dead.incarnation, crashed }
    this.#start(actor, recover as Code, this.world, about, this.cast.handleOf(actor))
  }

  // --- The loop ---

  /** Performs the actor's pending operation and runs it to its next one. */
  #step(actor: Actor): void {
    this.current = actor
    if (this.recorder !== undefined) this.recorder.before(actor)
    try {
      let result: unknown
      try {
        result = perform(this, actor)
      } catch (error) {
        this.recorder?.thrown(actor, error)
        this.#suspended(actor, actor.calls.throw(error))
        return
      }
      if (result === PENDING) this.next = this.#decide()
      else if (actor.calls.depth === 0) this.#nextTask(actor, true)
      else this.#suspended(actor, actor.calls.resume(result))
    } catch (error) {
      this.#peerThrew(actor, error)
      this.next = this.#decide()
    }
  }

  #environmentStep(actor: Actor): void {
    this.current = actor
    this.environmentSteps++
    this.recorder?.before(actor)
    this.phase = 'check'
    this.environment.act(actor)
    this.phase = 'peer'
    this.current = actor
    this.next = this.#decide()
  }

  #suspended(actor: Actor, answer: IteratorResult<unknown, unknown>): void {
    if (!answer.done) return
    this.eventLoop.bodyEnded(actor, answer.value)
    this.#nextTask(actor, false)
  }

  /**
   * The actor's stack is empty: the next task of its event loop, or the end. `mayStart`: it has taken the step with which a timer's
   * or immediate's callback starts.
   */
  #nextTask(actor: Actor, mayStart: boolean): void {
    actor.operation = NONE
    if (actor.tasks.isEmpty && actor.awaited === 0) this.finish(actor)
    else if (this.eventLoop.runTasks(actor, mayStart)) return
    this.next = this.#decide()
  }

  /** The actor has nothing left to do. */
  finish(actor: Actor): void {
    this.#leaveReady(actor)
    actor.state = 'done'
    if (this.enabledEnvironment.length > 0) this.environment.refresh()
  }

  /** Runs the code of an actor up to its first operation, which stays pending. */
  #start(actor: Actor, code: Code, first: unknown, second: unknown, third?: unknown): void {
    const { current, phase } = this
    this.current = actor
    this.phase = 'peer'
    const attention = this.#attention
    this.#starting = true
    this.#payAttention()
    actor.operation = NONE
    actor.isMain = true
    if (this.subject.clockSkewMsMax !== undefined) this.environment.setWallClock(actor, this.subject.clockSkewMsMax)
    this.#makeReady(actor)
    try {
      const step = twin(code, 'peer')
      if (step === undefined) this.#endedAtStart(actor, code.call(this.subject, first, second, third))
      else {
        const answer = actor.calls.begin((step as unknown as SteppedCode).call(this.subject, first, second, third))
        if (answer.done) this.#endedAtStart(actor, answer.value)
      }
    } catch (error) {
      this.#peerThrew(actor, error)
    }
    this.#starting = false
    this.#setAttention(attention || this.#ending())
    this.current = current
    this.phase = phase
  }

  /** The code ended before its first operation; what its event loop brings goes on when it is picked. */
  #endedAtStart(actor: Actor, returned: unknown): void {
    this.eventLoop.bodyEnded(actor, returned)
    if (!actor.tasks.isEmpty || actor.awaited > 0) actor.expectTask()
    else this.finish(actor)
  }

  /** The actor that goes on after a step that ended. */
  #decide(): Actor {
    if (!this.#between()) return this.#stopped()
    if (this.readyCount === 0) return this.#whenIdle()
    return this.#pick()
  }

  /** Nobody is ready: time moves, somebody restarts, or the execution is over. */
  #whenIdle(): Actor {
    if (this.blockedCount > 0 && this.#mustSettle()) {
      this.promiseSettled()
      return SETTLE
    }
    this.eventLoop.judgeRejections()
    if (this.#ending()) return HALT
    if (this.environment.canHelp && (this.blockedCount > 0 || this.enabledEnvironment.some((actor) => actor.id !== CLOCK_ID))) {
      return this.enabledEnvironment.length === 1 ? (this.enabledEnvironment[0] as Actor) : this.strategy.pick(this)
    }
    if (this.blockedCount === 0 && this.environment.left.powerFailures > 0 && this.choose(2, POWER_AT_END_LABEL, 'faults') === 1) return this.environment.power
    if (this.blockedCount > 0 && this.cast.everybody.some(cannotEnd)) this.fail('deadlock', 'deadlock', deadlockMessage(this.cast.everybody))
    else {
      this.phase = 'check'
      this.#violatedBy(this.#checks.atEnd(this.world, this.history))
      this.phase = 'peer'
    }
    return HALT
  }

  /** Whether a peer waits for a promise that somebody may have settled since microtasks last ran. */
  #mustSettle(): boolean {
    return this.#settledAt !== this.trace.steps && this.cast.everybody.some(awaitsPromise)
  }

  /** Between two steps: what must hold. False if nobody may go on. */
  #between(): boolean {
    if (this.#starting) return false
    this.recorder?.after()
    if (this.#ending()) return false
    if (this.#checks.betweenSteps) {
      const changed = this.#eventSinceCheck || changesState(this.trace.lastKind())
      this.#eventSinceCheck = false
      const before = this.phase
      this.phase = 'check'
      const violation = this.#checks.afterStep(this.world, this.trace.lastActor(), changed)
      this.phase = before
      this.#violatedBy(violation)
      if (this.failure !== undefined) return false
    }
    if (this.trace.steps >= this.#lookAt) return this.#mayGoOn()
    return true
  }

  #stopped(): Actor {
    return this.failure === undefined && this.#fault === undefined && this.#settling ? SETTLE : HALT
  }

  // --- Ends ---

  #peerThrew(actor: Actor, error: unknown): void {
    if (isHarnessFault(error)) this.stop(error)
    else this.fail('violated', 'peer threw', `${actor.name} threw ${describeError(error)}`, error instanceof Error ? error.stack : undefined)
  }

  #violatedBy(violation: Violation | undefined): void {
    if (violation !== undefined) this.fail('violated', violation.invariant, violation.message)
  }

  /** Ends the execution with a failure; the first one counts. */
  fail(verdict: Failure['verdict'], name: string, message: string, stack?: string): void {
    this.#payAttention()
    this.failure ??= { verdict, name, message, step: this.trace.steps, stack }
  }

  /** Every so many steps: whether the execution is stuck, or out of steps. */
  #mayGoOn(): boolean {
    const { steps } = this.trace
    const { stepsMax } = this.options
    const ready = this.ready.slice(0, this.readyCount)
    if (!this.environment.canHelp && onlySpins(this.trace, ready)) {
      this.fail('stuck', 'stuck', spinningMessage(ready))
      return false
    }
    if (steps >= stepsMax) {
      this.fail('unknown', 'step limit', `not finished after ${plural(steps, 'step')}, so nothing is known about how it would have ended`)
      return false
    }
    this.#lookAt = Math.min(stepsMax, steps + LOOK_EVERY)
    this.#setAttention(this.#attention)
    // No lead goes past this step, so the strategy is asked now.
    this.enabledVersion++
    return true
  }

  // --- Lists ---

  #makeReady(actor: Actor): void {
    actor.state = 'ready'
    actor.slot = this.readyCount
    this.ready[this.readyCount++] = actor
    this.enabledCount++
    this.#enabledChanged()
  }

  #leaveReady(actor: Actor): void {
    const last = this.ready[--this.readyCount] as Actor
    this.enabledCount--
    this.ready[actor.slot] = last
    last.slot = actor.slot
    actor.slot = -1
    this.#enabledChanged()
  }

  #reset(): void {
    this.trace.reset()
    this.readyCount = 0
    this.enabledCount = 0
    this.blockedCount = 0
    this.current = NOBODY
    this.failure = undefined
    this.#fault = undefined
    this.#settling = false
    this.#settledAt = -1
    this.#eventSinceCheck = false
    this.#drawAmong = 0
    this.#aheadUntil = 0
    this.#leadUntil = 0
    this.phase = 'setup'
    this.boot = 0
    this.environmentSteps = 0
    if (this.history.length > 0) this.history.length = 0
    this.#streams.reset()
    this.cast.reset()
    this.environment.reset()
    if (this.eventLoop.hadTimers) this.#host = new SimulatedHost(this)
    this.eventLoop.reset()
    this.waiters.reset()
    this.buffers.reset()
    this.disk.reset()
    this.#host.reset()
  }
}

function awaitsPromise(actor: Actor): boolean {
  return actor.state === 'blocked' && actor.promises > 0
}

/** The execution of this process. */
export const execution = new Execution()
