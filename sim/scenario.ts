// What a user writes: a scenario, with its peers, its faults and its invariants.

import { DISK_FAULTS, type DiskFault } from './disk/file-operation.js'
import { FAULT_NAMES } from './faults.js'
import type { Invariant } from './invariant.js'

/** A simulated peer's handle on the simulator: the `me` of a scenario. */
export interface PeerHandle {
  /** 0-based, in the order of the kinds; a recovery gets an id of its own above all peers. */
  readonly id: number
  /** The kind as named in `peers`; `peer` where there is one kind only, `recovery` in `recover`. */
  readonly kind: string
  /** 0 at first, one more after each restart and each power failure. */
  readonly incarnation: number
  /** Draws an integer from 0 to `bound - 1`. The draw is a choice: recorded, replayed, shrunk. Not a step. */
  random(bound: number): number
  /** This peer's wall clock in milliseconds, as its `Date.now()` shows it but with fractions. A clock read, so a step. */
  now(): number
  /** How far this peer's wall clock is ahead of the time that invariants see, in ms: 0 to the scenario's `clockSkewMsMax`. Not a step. */
  readonly clockAheadMs: number
  /** Waits for `ms` of virtual time. */
  sleep(ms: number): void
  /** A step of its own, named in the report; other peers may run before it. */
  step(label: string): void
  /** Reports something that invariants look at. Belongs to the step before it; not a step. */
  event(name: string, data?: unknown): void
  /** Reports that this peer is inside the section. */
  enter(section: string): void
  /** Reports that this peer is outside the section again. A step, so that others may run while it is inside. */
  leave(section: string): void
  /** Runs `fn(...args)` and records its invocation and its response (or its error) in the history. */
  call<Arguments extends readonly unknown[], Result>(operation: string, args: Arguments, fn: (...args: Arguments) => Result): Result
  /** Says that an interesting situation occurred (when `condition` holds). A campaign in which a label of `sometimes` never occurred says so. */
  sometimes(label: string, condition?: boolean): void
}

/** The peer that a recovery is about. */
export interface DeadPeer {
  readonly id: number
  readonly kind: string
  readonly incarnation: number
  /** False if it was declared dead while it still runs. */
  readonly crashed: boolean
}

/** Faults that may befall a run. Each figure is the most that one execution may see; 0 when absent. */
export interface Faults {
  /** Peers that end between two steps: nothing of theirs runs any more, not even `finally`. */
  readonly crashes?: number
  /** Crashed peers that start again, with `incarnation` one higher. */
  readonly restarts?: number
  /** Running peers that are declared dead (`recover` runs for them) and run on. */
  readonly falseDeaths?: number
  /**
   * The power fails: nothing of any peer runs any more, shared memory is gone, and of what was written to files and not synced a chosen part
   * survives. Then `setup` runs again and all peers start anew, with `incarnation` one higher; those too that had ended. It may strike after
   * the last step.
   */
  readonly powerFailures?: number
  /** Operations on files that fail. */
  readonly diskErrors?: number
  /**
   * What those may be: `EIO` and `ENOSPC` as exceptions, `short` for reads and writes that move fewer bytes than asked. Default: all. After an
   * fsync that failed, a part of what was to be synced is gone, although reads still show it and the next fsync succeeds.
   */
  readonly diskErrorKinds?: readonly DiskFault[]
  /** The kinds of peers that crashes and false deaths may befall. Default: all. */
  readonly victims?: readonly string[]
}

/** The machine on which a world is set up. */
export interface Machine {
  /** Power failures so far: 0 when an execution begins, with an empty disk. */
  readonly boot: number
}

/** Marks a subject that is broken on purpose: a campaign must find it. */
export interface KnownBad {
  /** Names of the invariants of which one must break; also `deadlock`, `stuck`, `peer threw` or `setup threw`. */
  readonly breaks: readonly string[]
  /** Executions within which it must be found; default 10,000. */
  readonly within?: number
  /** What is wrong with it, in one line: shown in lists and reports. */
  readonly because?: string
  /** The hazard that it shows, as a specification numbers it: `varslot-pool H5`. */
  readonly hazard?: string
  /** Preemptions that the shortest failure is expected to need; faults do not count. */
  readonly preemptions?: number
}

type PeerFunction<World> = (world: NoInfer<World>, me: PeerHandle) => unknown

/** A scenario as its author writes it. `World` is whatever `setup` returns. */
export interface ScenarioDefinition<World> {
  /** One line that says what is tried. */
  readonly about?: string
  /** How many peers: a number, or a number for each kind. */
  readonly peers: number | Readonly<Record<string, number>>
  /** Builds the shared state. Runs once per execution, and again after each power failure, unscheduled. */
  setup(machine: Machine): World
  /** What a peer does, in steps. With several kinds: a function for each kind. */
  readonly peer: PeerFunction<World> | Readonly<Record<string, PeerFunction<World>>>
  /** Runs as an actor of its own some time after a peer died or was declared dead. */
  recover?(world: NoInfer<World>, dead: DeadPeer, me: PeerHandle): unknown
  /**
   * Moments, in ms since the Unix epoch, at which something expires: time may stop just before, at and just after each, by the clock of each
   * peer that is alive.
   */
  deadlines?(world: NoInfer<World>): readonly number[]
  /** The state shown beside each step of a report. Plain data, few words. */
  describe?(world: NoInfer<World>): Readonly<Record<string, unknown>>
  /** Names a location of shared memory for reports: `slot 3 next`. Without it, or where it gives undefined, reports show the source: `words[7]`. */
  locate?(world: NoInfer<World>, buffer: ArrayBufferLike, byteOffset: number): string | undefined
  readonly invariants?: readonly Invariant<NoInfer<World>>[]
  /** Labels of `me.sometimes` that every campaign must see at least once. */
  readonly sometimes?: readonly string[]
  readonly faults?: Faults
  /**
   * How far the wall clocks of two peers may be apart, in ms; default 0. Each peer's clock (and each recovery's; a restarted peer has another) is
   * ahead of true time by an amount of its own, from 0 to this, which stays the same: a recorded choice. It shows in `Date`, `me.now()` and
   * `performance.timeOrigin`. `performance.now()`, timers and waits measure time and are not skewed. Set-up and invariants see true time.
   */
  readonly clockSkewMsMax?: number
  /** Steps after which an execution is given up as `unknown` (or `stuck`, where nothing changed for long). Default 20,000. */
  readonly stepsMax?: number
  readonly knownBad?: KnownBad
}

/** A scenario, ready to run. Made by {@link scenario}. */
export interface Scenario extends ScenarioDefinition<unknown> {
  readonly name: string
  /** The kind of each peer, by id. */
  readonly kinds: readonly string[]
}

/** A scenario that is not well formed. The message says what was expected and what came. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError'
}

const scenarios = new WeakSet<object>()

/**
 * Declares a scenario. Throws {@link ScenarioError} where it is not well formed.
 *
 * @param name unique among the scenarios of a run
 */
export function scenario<World>(name: string, definition: ScenarioDefinition<World>): Scenario {
  if (typeof name !== 'string' || name.trim() === '') throw new ScenarioError(`expected a name for the scenario, got ${show(name)}`)
  if (definition === null || typeof definition !== 'object')
    throw new ScenarioError(`scenario "${name}": expected a definition object, got ${show(definition)}`)
  if (typeof definition.setup !== 'function') throw new ScenarioError(`scenario "${name}": expected setup() to be a function, got ${show(definition.setup)}`)
  const kinds = peerKinds(name, definition)
  checkFaults(name, definition.faults, kinds)
  checkFields(name, definition)
  // The world's type is the author's own affair; the simulator hands on what setup made.
  const made = { ...definition, name, kinds } as unknown as Scenario
  scenarios.add(made)
  return made
}

/** Whether `value` was made by {@link scenario}. */
export function isScenario(value: unknown): value is Scenario {
  return typeof value === 'object' && value !== null && scenarios.has(value)
}

/** The function that peers of `kind` run. */
export function peerFunction(subject: Scenario, kind: string): PeerFunction<unknown> {
  const peer = subject.peer
  return typeof peer === 'function' ? peer : (peer[kind] as PeerFunction<unknown>)
}

function peerKinds<World>(name: string, definition: ScenarioDefinition<World>): string[] {
  const { peers, peer } = definition
  if (typeof peers === 'number') {
    if (typeof peer !== 'function') throw new ScenarioError(`scenario "${name}": expected peer to be a function, got ${show(peer)}`)
    return Array.from({ length: peerCount(name, 'peers', peers) }, () => 'peer')
  }
  if (peers === null || typeof peers !== 'object')
    throw new ScenarioError(`scenario "${name}": expected peers to be a number or a number for each kind, got ${show(peers)}`)
  if (peer === null || typeof peer !== 'object')
    throw new ScenarioError(`scenario "${name}": expected peer to hold one function for each kind of peers, got ${show(peer)}`)
  const kinds: string[] = []
  for (const [kind, count] of Object.entries(peers)) {
    if (typeof peer[kind] !== 'function') throw new ScenarioError(`scenario "${name}": expected peer.${kind} to be a function, got ${show(peer[kind])}`)
    for (let i = peerCount(name, `peers.${kind}`, count); i > 0; i--) kinds.push(kind)
  }
  if (kinds.length === 0) throw new ScenarioError(`scenario "${name}": expected at least one peer, got none`)
  if (kinds.length > PEERS_MAX) throw new ScenarioError(`scenario "${name}": expected at most ${PEERS_MAX} peers, got ${kinds.length}`)
  return kinds
}

/** The peers that one scenario may have: an actor's id has five bits in the trace, and recoveries and the environment need some. */
const PEERS_MAX = 16

function peerCount(name: string, field: string, count: unknown): number {
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1 || count > PEERS_MAX) {
    throw new ScenarioError(`scenario "${name}": expected ${field} to be an integer from 1 to ${PEERS_MAX}, got ${show(count)}`)
  }
  return count
}

function checkFaults(name: string, faults: Faults | undefined, kinds: readonly string[]): void {
  if (faults === undefined) return
  for (const field of Object.keys(faults)) {
    if (![...FAULT_NAMES, 'victims', 'diskErrorKinds'].includes(field))
      throw new ScenarioError(`scenario "${name}": expected faults to have ${FAULT_NAMES.join(', ')}, diskErrorKinds or victims, got ${field}`)
  }
  for (const field of FAULT_NAMES) {
    const count = faults[field]
    if (count !== undefined && (!Number.isInteger(count) || count < 0))
      throw new ScenarioError(`scenario "${name}": expected faults.${field} to be an integer of at least 0, got ${show(count)}`)
  }
  for (const kind of faults.diskErrorKinds ?? []) {
    if (!DISK_FAULTS.includes(kind))
      throw new ScenarioError(`scenario "${name}": expected faults.diskErrorKinds to name errors (${DISK_FAULTS.join(', ')}), got ${show(kind)}`)
  }
  for (const kind of faults.victims ?? []) {
    if (!kinds.includes(kind))
      throw new ScenarioError(`scenario "${name}": expected faults.victims to name kinds of peers (${[...new Set(kinds)].join(', ')}), got ${show(kind)}`)
  }
}

/** What else an author may get wrong: a field that is not looked at would make a scenario weaker than it seems. */
function checkFields<World>(name: string, definition: ScenarioDefinition<World>): void {
  const refuse = (expected: string, got: unknown): never => {
    throw new ScenarioError(`scenario "${name}": expected ${expected}, got ${show(got)}`)
  }
  for (const field of Object.keys(definition)) if (!Object.hasOwn(FIELDS, field)) refuse(`fields of a scenario (${Object.keys(FIELDS).join(', ')})`, field)
  for (const field of ['recover', 'deadlines', 'describe', 'locate'] as const) {
    const value = definition[field]
    if (value !== undefined && typeof value !== 'function') refuse(`${field} to be a function`, value)
  }
  const { invariants, sometimes, clockSkewMsMax, stepsMax, knownBad } = definition
  if (invariants !== undefined && !Array.isArray(invariants)) refuse('invariants to be an array', invariants)
  for (const [i, invariant] of (invariants ?? []).entries()) {
    const isOne = typeof invariant === 'object' && invariant !== null && typeof invariant.name === 'string' && invariant.name !== ''
    if (!isOne) refuse(`invariants[${i}] to be an object with a name`, invariant)
  }
  if (sometimes !== undefined && !Array.isArray(sometimes)) refuse('sometimes to be an array of labels', sometimes)
  if (clockSkewMsMax !== undefined && !(Number.isSafeInteger(clockSkewMsMax) && clockSkewMsMax >= 0))
    refuse('clockSkewMsMax to be an integer of at least 0', clockSkewMsMax)
  if (stepsMax !== undefined && !(Number.isInteger(stepsMax) && stepsMax >= 1)) refuse('stepsMax to be an integer of at least 1', stepsMax)
  if (knownBad !== undefined && !(Array.isArray(knownBad?.breaks) && knownBad.breaks.length > 0))
    refuse('knownBad.breaks to be an array of names', knownBad?.breaks)
}

/** All there are; `name` and `kinds` come with a scenario that is made from another. */
const FIELDS: Readonly<Record<keyof ScenarioDefinition<unknown> | 'name' | 'kinds', true>> = {
  about: true,
  peers: true,
  setup: true,
  peer: true,
  recover: true,
  deadlines: true,
  describe: true,
  locate: true,
  invariants: true,
  sometimes: true,
  faults: true,
  clockSkewMsMax: true,
  stepsMax: true,
  knownBad: true,
  name: true,
  kinds: true,
}

function show(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : typeof value === 'function' ? 'a function' : String(value)
}
