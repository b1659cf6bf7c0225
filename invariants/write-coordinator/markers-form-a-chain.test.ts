import test from 'ava'
import { markersFormAChain } from './markers-form-a-chain.js'
import { CommitStory, type Machine, type MarkerFaults, viewOf } from './write-coordinator.test.kit.js'

const begin = () => new CommitStory(markersFormAChain<Machine>(viewOf))

/** One good marker, and another. */
function second(faults: MarkerFaults): string | undefined {
  return begin().do((machine) => machine.commit(machine.submission(5)).marker(faults)).message
}

test('markers-form-a-chain: one after the other, also across a restart', (t) => {
  t.is(second({}), undefined)
  const story = begin().do((machine) => machine.commit(machine.submission(5), machine.submission(6)))
  t.is(
    story
      .powerFailure()
      .do((machine) => machine.recovered(5, 6))
      .do((machine) => machine.commit(machine.submission(7))).message,
    undefined,
  )
})

test('markers-form-a-chain: a number that is left out, or comes twice, is found', (t) => {
  t.is(second({ commitSeq: 3 }), 'the marker at 128 has number 3, behind number 1')
  t.is(second({ commitSeq: 1, time: 200n }), 'the marker at 128 has number 1, behind number 1')
})

test('markers-form-a-chain: a time that does not rise is found', (t) => {
  t.is(second({ time: 100n }), 'the marker at 128 of number 2 has time 100, behind 100')
})

test('markers-form-a-chain: a link to something else is found', (t) => {
  t.is(second({ chainBefore: 0n }), 'the marker at 128 of number 2 does not link to number 1')
  t.is(begin().do((machine) => machine.marker({ chainBefore: 0n })).message, 'the marker at 64 of number 1 does not link to the store')
})

test('markers-form-a-chain: bytes that are no marker are found, a marker that is half written is not', (t) => {
  t.is(begin().do((machine) => machine.append('markers', new Uint8Array(64))).message, 'the 64 bytes at 64 are no marker')
  t.is(begin().do((machine) => machine.append('markers', new Uint8Array(63))).message, undefined)
})

test('markers-form-a-chain: a file without a header is found', (t) => {
  t.is(begin().do((machine) => machine.append('markers', new Uint8Array(64), 0)).message, 'the header is none')
})

test('markers-form-a-chain: a torn end is judged when there is a coordinator again', (t) => {
  const story = begin().do((machine) => machine.commit(machine.submission(5)).append('markers', new Uint8Array(64)))
  t.is(story.message, 'the 64 bytes at 128 are no marker')
  const torn = begin().do((machine) => machine.commit(machine.submission(5)))
  torn.machine.append('markers', new Uint8Array(64))
  torn.powerFailure('markers').step()
  t.is(torn.message, undefined)
  t.is(torn.do((machine) => machine.recovered(5)).message, 'the 64 bytes at 128 are no marker')
  const cut = begin().do((machine) => machine.commit(machine.submission(5)))
  cut.machine.append('markers', new Uint8Array(64))
  t.is(cut.powerFailure('markers').do((machine) => machine.truncate('markers', 128).recovered(5)).message, undefined)
})

test('markers-form-a-chain: nothing is said of a coordinator that has failed', (t) => {
  const story = begin()
  if (story.machine.coordinator !== undefined) story.machine.coordinator.state = 'failed'
  t.is(story.do((machine) => machine.append('markers', new Uint8Array(64))).message, undefined)
})
