// Every shipped scenario, as a campaign would run it: good subjects pass, known-bad ones are found and break what they say, and their failures are
// made smaller.
//
// The seed is fixed, so these tests give the same answer until the code changes. After a change the odds are new: a known-bad subject is
// missed by both strategies with a probability of less than 1e-5. (The rarest are `recover-without-second-scan`, once in about
// 4,700 executions by PCT and 8,800 by the random walk, and `reclaim-lock-without-epoch`, once in 3,000 by PCT.)

import test, { type ExecutionContext } from 'ava'
import { campaign, type StrategyName } from '../sim/campaign.js'
import { type DiscoveredScenario, discover } from '../sim/discover.js'
import type { Outcome } from '../sim/outcome.js'
import { parseRecording, recordingFile } from '../sim/recording.js'
import { replay } from '../sim/replay.js'
import { CAMPAIGN_LIMITS, shrink } from '../sim/shrink/shrink.js'

const SEED = '5ee0'
const STRATEGIES: readonly StrategyName[] = ['pct', 'random']
/** Executions of a good subject with each strategy. */
const RUNS_GOOD = 3000
/** Of one that has nothing to interleave. */
const RUNS_ALONE = 20
/** The most executions in search of a known-bad subject with each strategy. */
const RUNS_BAD = 40_000
const FAULTS: ReadonlySet<string> = new Set(['crash', 'restart', 'declared dead', 'power failure', 'disk error'])

const passes = test.macro(async (t, subject: DiscoveredScenario) => {
  const runs = subject.scenario.kinds.length === 1 ? RUNS_ALONE : RUNS_GOOD
  let neverSeen = subject.scenario.sometimes ?? []
  for (const strategy of STRATEGIES) {
    const result = await campaign(subject, { seed: SEED, strategy, runs })
    t.is(result.status, 'passed', [result.failure?.failure?.message, ...result.remarks].join('; '))
    t.deepEqual(result.insideOneStep, [], 'expected every operation to be a step of its own')
    neverSeen = neverSeen.filter((label) => result.remarks.some((remark) => remark.includes(`"${label}"`)))
  }
  t.deepEqual(neverSeen, [])
})

const isFound = test.macro(async (t, subject: DiscoveredScenario) => {
  const remarks: string[] = []
  for (const strategy of STRATEGIES) {
    const result = await campaign(subject, { seed: SEED, strategy, runs: RUNS_BAD, shrink: false })
    remarks.push(...result.remarks)
    if (result.firstFailureAt === undefined) continue
    t.is(result.status, 'passed', result.remarks.join('; '))
    t.true(subject.scenario.knownBad?.breaks.includes(result.failure?.failure?.name ?? ''))
    await isMadeSmaller(t, result.failure as Outcome, subject)
    return
  }
  t.fail(remarks.join('; '))
})

/** What is left of a failure breaks the same with fewer faults, or with as many and no more preemptions; and it replays. */
async function isMadeSmaller(t: ExecutionContext, found: Outcome, subject: DiscoveredScenario): Promise<void> {
  const { failure, history, statistics, traceHash, recording } = await shrink(found.recording, subject, CAMPAIGN_LIMITS)
  t.is(failure?.name, found.failure?.name)
  t.is(failure?.verdict, found.failure?.verdict)
  const [faults, faultsFound] = [faultsOf(history), faultsOf(found.history)]
  t.true(faults <= faultsFound, `${faults} faults of ${faultsFound}`)
  if (faults === faultsFound)
    t.true(statistics.preemptions <= found.statistics.preemptions, `${statistics.preemptions} preemptions of ${found.statistics.preemptions}`)
  const again = await replay(parseRecording(recordingFile(recording)), subject)
  t.is(again.traceHash, traceHash)
  t.is(again.failure?.name, failure?.name)
}

function faultsOf(history: Outcome['history']): number {
  return history.filter(({ kind }) => FAULTS.has(kind)).length
}

for (const subject of await discover(['scenarios', 'scenarios/varslot-pool/on-the-skeleton.ts'])) {
  const { name, knownBad } = subject.scenario
  // One after the other: there is one simulation for each process.
  if (knownBad === undefined) test.serial(`${name}: passes, and what it says to reach is reached`, passes, subject)
  else test.serial(`${name}: is found, by ${knownBad.breaks.join(' or ')}`, isFound, subject)
}
