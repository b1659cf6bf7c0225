import test from 'ava'
import { Story } from '../invariants.test.kit.js'
import { FakeFabric } from './fabric.test.kit.js'
import { RECEIVED, SENDING } from './watch-events.js'
import { watchReadsWhatWasSent } from './watch-reads-what-was-sent.js'
import { WatchWords } from './watch-words.js'

class FakeWatch {
  readonly fabric = new FakeFabric()
  readonly watch = new WatchWords(this.fabric.words, 0, 8, 2)

  main(version: number, closed = false): this {
    this.fabric.arenaWord(32, version).arenaWord(36, (1 << 16) | (closed ? 0x80 : 0))
    return this
  }
}

function begin() {
  const world = new FakeWatch()
  return {
    world,
    story: new Story(
      watchReadsWhatWasSent<FakeWatch>(({ watch }) => watch, [0, 0]),
      world,
    ),
  }
}

const of = (version: number, words: readonly number[] = [version, version]) => ({ version, words })

test('watch-reads-what-was-sent: values in their order, some skipped, and the last one of a closed channel', (t) => {
  const { story, world } = begin()
  story.event(1, RECEIVED, of(0)).event(0, SENDING, of(1))
  world.main(1)
  story.step().event(0, SENDING, of(2))
  world.main(2)
  story.step().event(1, RECEIVED, of(2)).event(2, RECEIVED, of(1))
  world.main(2, true)
  story.step().event(0, SENDING, of(3)).event(1, RECEIVED, of(2)).event(2, RECEIVED, of(2)).step()
  t.is(story.message, undefined)
})

test('watch-reads-what-was-sent: a mixed value is found', (t) => {
  const { story } = begin()
  story.event(0, SENDING, of(1)).event(1, RECEIVED, of(1, [1, 0]))
  t.is(story.message, 'peer 1 received [1,0] as version 1, and [1,1] was sent')
})

test('watch-reads-what-was-sent: a version that nobody sent is found', (t) => {
  t.is(begin().story.event(1, RECEIVED, of(1)).message, 'peer 1 received version 1, which was not sent')
})

test('watch-reads-what-was-sent: going back is found', (t) => {
  const { story } = begin()
  story.event(0, SENDING, of(1)).event(1, RECEIVED, of(1)).event(2, RECEIVED, of(0)).event(1, RECEIVED, of(0))
  t.is(story.message, 'peer 1 received version 0 after version 1')
})

test('watch-reads-what-was-sent: a send after the close is found, by the word and by who receives it', (t) => {
  for (const closed of [true, false]) {
    const { story, world } = begin()
    world.main(0, true)
    story.step()
    world.main(1, closed)
    t.is(
      story.step().message,
      closed ? 'version 1 was sent after the channel was closed at version 0' : 'the channel was closed at version 0 and is open again at version 1',
    )
  }
  const { story, world } = begin()
  world.main(0, true)
  story.step().event(0, SENDING, of(1)).event(1, RECEIVED, of(1))
  t.is(story.message, 'peer 1 received version 1 of a channel that was closed at version 0')
})
