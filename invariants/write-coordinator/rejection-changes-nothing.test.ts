import test from 'ava'
import type { HistoryEvent } from '../../sim/invariant.js'
import { rejectionChangesNothing } from './rejection-changes-nothing.js'
import { CommitStory, errorOf, Machine, submissionOf, viewOf } from './write-coordinator.test.kit.js'

const begin = () => new CommitStory(rejectionChangesNothing<Machine>(viewOf))
const REFUSED = { submitterId: 0, txnId: 5, kind: 'conflict-fcw' }

/** The tip goes up by one, which a refusal must not do. */
const change = (machine: Machine) => Object.assign(machine.coordinator ?? {}, { commitSeqTip: 1 })

test('rejection-changes-nothing: refusals that change nothing', (t) => {
  const story = begin()
    .call(0, 'submit', [submissionOf(5), 0n], { ok: false, result: REFUSED })
    .call(0, 'submitAndCommit', [submissionOf(5), 0n], REFUSED)
    .call(0, 'submitReadOnly', [submissionOf(5)], REFUSED)
    .call(0, 'validate', [submissionOf(5)], undefined)
    .throws(0, 'submit', [submissionOf(5), 0n], 'WC_INVALID_SUBMISSION')
    .throws(0, 'flushBatch', [], 'WC_BUSY')
    .throws(0, 'recover', [], 'WC_CORRUPT_LOG')
  t.is(story.message, undefined)
})

test('rejection-changes-nothing: a call that is not refused may change anything', (t) => {
  const story = begin()
    .tell('invoke', 0, 'submit', [submissionOf(5), 0n])
    .do(change)
  t.is(story.tell('return', 0, 'submit', { ok: true, commitSeq: 1 }).message, undefined)
  t.is(begin().tell('invoke', 0, 'flushBatch', []).do(change).tell('return', 0, 'flushBatch', []).message, undefined)
})

test('rejection-changes-nothing: every refusal that changes the state is found', (t) => {
  const refusals = [
    ['submit', { ok: false, result: REFUSED }],
    ['submitAndCommit', REFUSED],
    ['submitReadOnly', REFUSED],
  ] as const
  for (const [operation, result] of refusals) {
    const story = begin()
      .tell('invoke', 0, operation, [submissionOf(5), 0n])
      .do(change)
      .tell('return', 0, operation, result)
    t.regex(story.message ?? '', new RegExp(`^${operation} rejected, but its state went from .*"commitSeqTip":0.* to .*"commitSeqTip":1`))
  }
  const validated = begin()
    .tell('invoke', 0, 'validate', [submissionOf(5)])
    .do(change)
    .tell('return', 0, 'validate')
  t.regex(validated.message ?? '', /^validate returned, but its state/)
  const thrown = begin().tell('invoke', 0, 'flushBatch', []).do(change).tell('throw', 0, 'flushBatch', errorOf('WC_BUSY'))
  t.regex(thrown.message ?? '', /^flushBatch threw WC_BUSY, but its state/)
  const strange = begin().tell('invoke', 0, 'flushBatch', []).do(change).tell('throw', 0, 'flushBatch', new Error('strange'))
  t.regex(strange.message ?? '', /^flushBatch threw an error without a code, but its state/)
})

test('rejection-changes-nothing: outcomes count as state', (t) => {
  const story = begin().tell('invoke', 0, 'submit', [submissionOf(5), 0n])
  story.do((machine) => machine.coordinator?.outcomes.set(5, 1))
  t.regex(story.tell('throw', 0, 'submit', errorOf('WC_INVALID_SUBMISSION')).message ?? '', /"outcomes":\[\[5,1\]\]/)
})

test('rejection-changes-nothing: files that change are found', (t) => {
  const story = begin().tell('invoke', 0, 'submit', [submissionOf(5), 0n])
  story.do((machine) => machine.capsule('x'))
  t.is(story.tell('throw', 0, 'submit', errorOf('WC_INVALID_SUBMISSION')).message, 'submit threw WC_INVALID_SUBMISSION, but files have changed')
})

test('rejection-changes-nothing: a storage failure may change what it likes, once', (t) => {
  const story = begin().tell('invoke', 0, 'flushBatch', []).do(change)
  story.do((machine) => Object.assign(machine.coordinator ?? {}, { state: 'failed' })).tell('throw', 0, 'flushBatch', errorOf('WC_FAILED'))
  t.is(story.message, undefined)
  story.tell('invoke', 0, 'submit', [submissionOf(5), 0n]).do((machine) => Object.assign(machine.coordinator ?? {}, { commitSeqTip: 2 }))
  t.regex(story.tell('throw', 0, 'submit', errorOf('WC_FAILED')).message ?? '', /^submit threw WC_FAILED, but its state/)
})

test('rejection-changes-nothing: what others do meanwhile is theirs', (t) => {
  const story = begin()
    .tell('invoke', 0, 'flushBatch', [])
    .tell('invoke', 1, 'submit', [submissionOf(5), 0n])
    .do(change)
  t.is(story.tell('return', 1, 'submit', { ok: true, commitSeq: 1 }).tell('throw', 0, 'flushBatch', errorOf('WC_BUSY')).message, undefined)
})

test('rejection-changes-nothing: while others are in calls, a refusal without a step is judged', (t) => {
  const machine = new Machine()
  const invariant = rejectionChangesNothing<Machine>(viewOf)
  const tell = (kind: HistoryEvent['kind'], peer: number, name: string, data: unknown, step: number) =>
    invariant.onEvent?.({ kind, peer, name, data, step, incarnation: 0 }, [], machine)
  invariant.begin?.(machine)
  tell('invoke', 0, 'flushBatch', [], 0)
  tell('invoke', 1, 'fsync1', [], 3)
  change(machine)
  t.regex(tell('throw', 1, 'fsync1', errorOf('WC_BUSY'), 3) ?? '', /^fsync1 threw WC_BUSY, but its state/)
})

test('rejection-changes-nothing: a store that is refused stays as it was', (t) => {
  for (const [operation, code] of [
    ['recover', 'WC_CORRUPT_LOG'],
    ['create', 'WC_RECOVERY_REQUIRED'],
  ] as const) {
    const story = begin()
      .tell('invoke', 0, operation, [])
      .do((machine) => machine.truncate('proofs', 10))
    t.is(story.tell('throw', 0, operation, errorOf(code)).message, `${operation} threw ${code}, but proofs has changed`)
  }
  const story = begin()
    .tell('invoke', 0, 'recover', [])
    .do((machine) => machine.truncate('proofs', 10))
  t.is(story.tell('throw', 0, 'recover', errorOf('WC_STORAGE')).message, undefined)
})
