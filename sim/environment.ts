// The actors that are no peers: the clock moves virtual time, the crasher ends a peer between two of its steps, the restarter starts
// it again, the accuser declares a running peer dead, the power fails, the disk errs. A strategy picks them like any other actor; budgets bound them.

import { ACCUSER_ID, Actor, CLOCK_ID, CRASHER_ID, DISK_ID, POWER_ID, RESTARTER_ID } from './actor.js'
import { Clock } from './clock.js'
import { DISK_FAULTS, type DiskFault, type FileOperation } from './disk/file-operation.js'
import type { Execution } from './execution.js'
import { FAULT_NAMES, faultCounts } from './faults.js'
import { mustNotThrow } from './harness-fault.js'
import { ADVANCE, CRASH, DECLARE_DEAD, DISK_ERROR, POWER_FAILURE, RESTART } from './operation.js'
import type { SkewedClock } from './outcome.js'

/** What the choice of a crash's victim is called. */
export const VICTIM_LABEL = 'victim of the crash'

/** What the choice of a moment is called to which time goes: 0 is whatever comes first, the others are stops at deadlines, in their order. */
export const TIME_LABEL = 'moment to which time goes'

/** What the choice is called whether the power fails after everybody has ended. */
export const POWER_AT_END_LABEL = 'power failure after the end'

/** How far the clock goes when code reads it and nothing is due. */
const TICKS_MS = [1, 10, 100, 1000] as const

// What the choice of a wall clock may be; the third is anything between.
const RIGHT = 0
const FURTHEST = 1

const NONE_AHEAD: readonly number[] = []

/** Where all clocks show true time. */
const ON_TIME: ReadonlySet<number> = new Set([0])

export class Environment {
  /** Those of the actors that can act now. */
  readonly enabled: Actor[] = []
  readonly clock = new Clock()
  /** How often each fault may still befall this execution, and how often each has. */
  readonly left = faultCounts()
  readonly befallen = faultCounts()
  readonly #execution: Execution
  readonly #clockActor = new Actor(CLOCK_ID, 'clock', 'clock')
  readonly #crasher = new Actor(CRASHER_ID, 'crasher', 'crasher')
  readonly #restarter = new Actor(RESTARTER_ID, 'restarter', 'restarter')
  readonly #accuser = new Actor(ACCUSER_ID, 'accuser', 'accuser')
  readonly power = new Actor(POWER_ID, 'power', 'power')
  readonly #disk = new Actor(DISK_ID, 'disk', 'disk')
  /** An error befalls the next operation on the disk that can have one. */
  #diskErrs = false
  /** Crashed peers that will start again. */
  readonly #restartable: Actor[] = []
  #clockRead = false
  /** The wall clocks of this execution that are ahead of true time. */
  readonly skewedClocks: SkewedClock[] = []

  constructor(execution: Execution) {
    this.#execution = execution
  }

  reset(): void {
    const { options, subject } = this.#execution
    for (let i = 0; i < FAULT_NAMES.length; i++) {
      const name = FAULT_NAMES[i] as (typeof FAULT_NAMES)[number]
      this.left[name] = options[name]
      this.befallen[name] = 0
    }
    if (subject.recover === undefined) this.left.falseDeaths = 0
    this.#diskErrs = false
    this.clock.reset()
    if (this.#restartable.length > 0) this.#restartable.length = 0
    this.#clockRead = false
    if (this.skewedClocks.length > 0) this.skewedClocks.length = 0
    if (this.enabled.length > 0) this.enabled.length = 0
  }

  /** Whether time or a restart could let a peer go on that cannot go on now. */
  get canHelp(): boolean {
    return this.clock.pending > 0 || this.#restartable.length > 0 || this.#stopsAheadMs().length > 0
  }

  /** Finds out who can act now. To be called when a peer starts or ends, and when timers come and go. */
  refresh(): void {
    const { enabled, left } = this
    const before = enabled.length
    if (before > 0) enabled.length = 0
    if (this.clock.pending > 0 || this.#clockRead || this.#execution.subject.deadlines !== undefined) enabled.push(this.#clockActor)
    if (left.powerFailures + left.diskErrors > 0 && this.#anybodyAlive()) {
      if (left.powerFailures > 0) enabled.push(this.power)
      if (left.diskErrors > 0 && !this.#diskErrs) enabled.push(this.#disk)
    }
    if (left.crashes + left.falseDeaths > 0 && this.#anyVictim()) {
      if (left.crashes > 0) enabled.push(this.#crasher)
      if (left.falseDeaths > 0) enabled.push(this.#accuser)
    }
    if (this.#restartable.length > 0) enabled.push(this.#restarter)
    if (enabled.length !== before || before > 0) this.#execution.environmentChanged(enabled.length - before)
  }

  /** An actor starts: its wall clock is right, ahead by as much as may be, or somewhere between. */
  setWallClock(actor: Actor, aheadMsMax: number): void {
    const execution = this.#execution
    const where = aheadMsMax === 0 ? RIGHT : execution.choose(aheadMsMax === 1 ? 2 : 3, `clock of ${actor.name}`, 'faults')
    if (where === RIGHT) actor.clockAheadMs = 0
    else if (where === FURTHEST) actor.clockAheadMs = aheadMsMax
    else actor.clockAheadMs = 1 + execution.choose(aheadMsMax - 1, `ms that the clock of ${actor.name} is ahead`, 'faults')
    if (actor.clockAheadMs > 0) this.skewedClocks.push({ actor: actor.name, incarnation: actor.incarnation, aheadMs: actor.clockAheadMs })
  }

  /** The clock was read, so code may wait for time to pass. */
  clockWasRead(): void {
    if (this.#clockRead) return
    this.#clockRead = true
    this.refresh()
  }

  /** Starts a timer on virtual time that ends with its owner; returns its id. */
  startTimer(owner: Actor, delayMs: number, fire: () => void): number {
    const id = this.clock.start(owner.id, delayMs, fire)
    if (this.clock.pending === 1) this.refresh()
    return id
  }

  /** False if the timer had fired or been stopped before. */
  stopTimer(id: number): boolean {
    const stopped = this.clock.stop(id)
    if (stopped && this.clock.pending === 0) this.refresh()
    return stopped
  }

  /** The error of the disk that befalls this operation, if one does. */
  diskFaultFor(operation: FileOperation): DiskFault | undefined {
    if (!this.#diskErrs) return undefined
    const execution = this.#execution
    const kinds = execution.subject.faults?.diskErrorKinds ?? DISK_FAULTS
    const possible = operation.faults.filter((fault) => kinds.includes(fault))
    if (possible.length === 0) return undefined
    const fault = possible[execution.choose(possible.length, 'error of the disk', 'disk')] as DiskFault
    this.#diskErrs = false
    this.befallen.diskErrors++
    execution.report('disk error', fault, execution.current, { operation: operation.name, path: operation.path })
    this.refresh()
    return fault
  }

  /** One step of one of the actors. */
  act(actor: Actor): void {
    if (actor === this.#clockActor) this.#advance()
    else if (actor === this.#crasher) this.#crash()
    else if (actor === this.#restarter) this.#restart()
    else if (actor === this.power) this.#failPower()
    else if (actor === this.#disk) this.#letDiskErr()
    else this.#accuse()
    this.refresh()
  }

  /**
   * Time moves to the next moment at which something is due or a deadline passes, or past whatever is due to a deadline; if there is nothing,
   * by a tick. Naps that end on the way end late, as naps do.
   */
  #advance(): void {
    const { clock } = this
    const stops = this.#stopsAheadMs()
    const stop = stops.length === 0 ? 0 : this.#execution.choose(1 + stops.length, TIME_LABEL, 'faults')
    const due = stop === 0 ? Math.min(clock.nextDueMs(), stops[0] ?? Number.POSITIVE_INFINITY) : (stops[stop - 1] as number)
    const to = due === Number.POSITIVE_INFINITY ? clock.elapsedMs + this.#tickMs() : Math.max(due, clock.elapsedMs)
    this.#execution.stepDone(this.#clockActor, ADVANCE, 0, to)
    clock.advanceTo(to)
  }

  #tickMs(): number {
    return TICKS_MS[this.#execution.choose(TICKS_MS.length, 'tick of the clock', 'faults')] as number
  }

  /** The moments just before, at and just after the deadlines of the scenario by somebody's clock, in ms since the execution began; ascending. */
  #stopsAheadMs(): readonly number[] {
    const { subject, world } = this.#execution
    const deadlines = subject.deadlines
    if (deadlines === undefined) return NONE_AHEAD
    const { elapsedMs, nowMs } = this.clock
    const aheads = this.skewedClocks.length === 0 ? ON_TIME : this.#aheads()
    const stops = new Set<number>()
    for (const deadline of this.#execution.checking(() => mustNotThrow(subject.name, 'deadlines', () => deadlines.call(subject, world)))) {
      for (const aheadMs of aheads) {
        const leftMs = deadline - aheadMs - nowMs
        for (const ms of [leftMs - 1, leftMs, leftMs + 1]) if (ms > 0) stops.add(elapsedMs + ms)
      }
    }
    return [...stops].sort((a, b) => a - b)
  }

  /** How far the clocks of those that are alive are ahead, each figure once. */
  #aheads(): ReadonlySet<number> {
    const alive = this.#execution.cast.everybody.filter((actor) => actor.state === 'ready' || actor.state === 'blocked')
    return new Set(alive.map((actor) => actor.clockAheadMs))
  }

  /** Asked whenever somebody starts or ends, so it makes no list. */
  #anyVictim(): boolean {
    const { peers } = this.#execution
    for (let i = 0; i < peers.length; i++) if (this.#mayBefall(peers[i] as Actor)) return true
    return false
  }

  #victims(): Actor[] {
    return this.#execution.peers.filter((actor) => this.#mayBefall(actor))
  }

  #mayBefall(actor: Actor): boolean {
    if (actor.state !== 'ready' && actor.state !== 'blocked') return false
    const kinds = this.#execution.subject.faults?.victims
    return kinds === undefined || kinds.includes(actor.kind)
  }

  #crash(): void {
    const victims = this.#victims()
    const execution = this.#execution
    const victim = victims[execution.choose(victims.length, VICTIM_LABEL, 'faults')] as Actor
    this.left.crashes--
    this.befallen.crashes++
    execution.onCrash?.(victim)
    execution.stepDone(this.#crasher, CRASH, victim.id, 0)
    execution.kill(victim)
    execution.report('crash', victim.kind, victim, undefined)
    execution.recover(victim, true)
    if (this.left.restarts === 0 || execution.choose(2, 'restart after the crash', 'faults') === 0) return
    this.left.restarts--
    this.#restartable.push(victim)
  }

  #restart(): void {
    const actor = this.#restartable.shift() as Actor
    actor.incarnation++
    this.befallen.restarts++
    this.#execution.stepDone(this.#restarter, RESTART, actor.id, actor.incarnation)
    this.#execution.report('restart', actor.kind, actor, undefined)
    this.#execution.startPeer(actor)
  }

  #accuse(): void {
    const victims = this.#victims()
    const victim = victims[this.#execution.choose(victims.length, 'peer declared dead', 'faults')] as Actor
    this.left.falseDeaths--
    this.befallen.falseDeaths++
    this.#execution.stepDone(this.#accuser, DECLARE_DEAD, victim.id, 0)
    this.#execution.report('declared dead', victim.kind, victim, undefined)
    this.#execution.recover(victim, false)
  }

  #anybodyAlive(): boolean {
    return this.#execution.readyCount + this.#execution.blockedCount > 0
  }

  /** The machine goes down, with everybody on it, and comes up again. */
  #failPower(): void {
    const execution = this.#execution
    this.left.powerFailures--
    this.befallen.powerFailures++
    this.#restartable.length = 0
    this.#diskErrs = false
    execution.stepDone(this.power, POWER_FAILURE, 0, this.befallen.powerFailures)
    execution.reboot(this.power)
  }

  #letDiskErr(): void {
    this.left.diskErrors--
    this.#diskErrs = true
    this.#execution.stepDone(this.#disk, DISK_ERROR, 0, 0)
  }
}
