// WC-12: recovery is idempotent; appends never follow leftover bytes.
//
// From the files alone the judge computes what a recovery must come to, and so do two recoveries of which the first was interrupted. Where a
// recovery is over, the files of markers and proofs end where its last record ends, durably. A second recovery with no submission in between must
// come to the same state. Capsules that nobody names stay; nothing is found by its place behind them.
//
// Cost: nothing after a step but one comparison; at a recovery a look at each marker, and a copy of the coordinator's whole state.

import type { Invariant } from '../../sim/invariant.js'
import { type CommitLog, commitLogOf, forgetCommitLog } from './commit-log.js'
import { RECOVER, SUBMIT, SUBMIT_AND_COMMIT, SUBMIT_READ_ONLY } from './coordinator-events.js'
import type { Coordinator, CoordinatorView, CoordinatorViewOf } from './coordinator-view.js'
import { FILE_HEADER_BYTES, MARKER_BYTES } from './log-records.js'
import { areEqual, copyState, type StateCopy, stateText } from './state-copy.js'
import type { SurvivingFile } from './surviving-file.js'

/** What a recovery must come to. */
interface Prefix {
  readonly markerCount: number
  readonly commitSeq: number
  readonly epoch: number
  /** Whether any power failure would leave the same. */
  readonly isCertain: boolean
}

/** WC-12: to recover twice is to recover once, and nothing is left behind the end. */
export function recoveryIsIdempotent<World>(viewOf: CoordinatorViewOf<World>): Invariant<World> {
  let known: Coordinator | undefined
  /** What a recovery has to count, or had when the last one was over, until a number may have been given since. */
  let expected: Prefix | undefined
  /** The state to which the last recovery came, until a number may have been given since, or a capsule was written. */
  let stateBefore: StateCopy | undefined
  let capsulesBytesBefore = 0
  /** Size of the file of capsules when the recovery began that runs. Transactions may append to it meanwhile. */
  let capsulesBytesAtBegin: number | undefined

  function beginRecovery(view: CoordinatorView): string | undefined {
    const log = commitLogOf(view)
    const prefix = prefixOf(log)
    capsulesBytesAtBegin = log.capsulesFile.current.length
    const before = expected
    expected = prefix
    if (before === undefined || !before.isCertain || before.markerCount === prefix.markerCount) return undefined
    return `a recovery had ${markersText(before)} to count; the next one has ${markersText(prefix)}, although nothing was submitted in between`
  }

  function endRecovery(view: CoordinatorView, coordinator: Coordinator): string | undefined {
    const log = commitLogOf(view)
    const prefix = expected ?? prefixOf(log)
    expected = prefixOf(log)
    const state = copyState(coordinator)
    const capsulesBytes = log.capsulesFile.current.length
    const isQuiet = capsulesBytesAtBegin === undefined || capsulesBytesAtBegin === capsulesBytes
    const before = isQuiet && capsulesBytes === capsulesBytesBefore ? stateBefore : undefined
    stateBefore = isQuiet ? state : undefined
    capsulesBytesBefore = capsulesBytes
    capsulesBytesAtBegin = undefined
    if (prefix.markerCount > 0 && coordinator.commitSeqTip !== prefix.commitSeq) {
      return `recovery came to the tip ${coordinator.commitSeqTip}, but the files held ${markersText(prefix)}`
    }
    if (coordinator.currentEpoch !== prefix.epoch)
      return `recovery came to epoch ${coordinator.currentEpoch}, but the last group that counts has ${prefix.epoch}`
    const leftover = leftoverBehind(log, prefix)
    if (leftover !== undefined) return leftover
    if (before === undefined || areEqual(before, state)) return undefined
    return `a second recovery came to another state: ${stateText(state)}, after ${stateText(before)}`
  }

  function look(view: CoordinatorView): string | undefined {
    const { coordinator } = view
    if (coordinator === undefined || coordinator === known) return undefined
    const isFirst = known === undefined && expected === undefined
    known = coordinator
    return isFirst ? undefined : endRecovery(view, coordinator)
  }

  return {
    name: 'recovery-is-idempotent',
    begin(world) {
      forgetCommitLog(viewOf(world))
      known = viewOf(world).coordinator
      expected = undefined
      stateBefore = undefined
      capsulesBytesAtBegin = undefined
    },
    everyStep(world) {
      return look(viewOf(world))
    },
    onEvent(event, _history, world) {
      const view = viewOf(world)
      const message = look(view)
      if (message !== undefined || event.kind !== 'invoke') return message
      if (event.name === RECOVER) return beginRecovery(view)
      if (event.name === SUBMIT || event.name === SUBMIT_AND_COMMIT || event.name === SUBMIT_READ_ONLY) {
        expected = undefined
        stateBefore = undefined
      }
      return undefined
    },
  }
}

function prefixOf(log: CommitLog): Prefix {
  const { markers } = log.current
  const last = markers.at(-1)
  return {
    markerCount: markers.length,
    commitSeq: last?.commitSeq ?? 0,
    epoch: last?.epoch ?? 0,
    isCertain: log.certain.markers.length === markers.length,
  }
}

function leftoverBehind({ current, markersFile, proofsFile }: CommitLog, { markerCount }: Prefix): string | undefined {
  const last = current.markers[markerCount - 1]
  const proofsEnd = last === undefined ? FILE_HEADER_BYTES : last.proofOffset + last.proofLength
  return leftoverIn('markers', markersFile, FILE_HEADER_BYTES + markerCount * MARKER_BYTES) ?? leftoverIn('proofs', proofsFile, proofsEnd)
}

function markersText({ markerCount, commitSeq }: Prefix): string {
  return markerCount === 0 ? 'no markers' : `markers up to number ${commitSeq}`
}

function leftoverIn(name: string, file: SurvivingFile, end: number): string | undefined {
  if (file.current.length !== end) return `recovery left ${name} ${file.current.length} bytes long, expected ${end}`
  if (file.sizeMax > end) return `recovery left ${name} so that a power failure may bring back bytes behind ${end}`
  return file.sizeMin < end ? `recovery left ${name} so that a power failure may take bytes before ${end}` : undefined
}
