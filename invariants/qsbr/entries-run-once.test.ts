import test from 'ava'
import { Story } from '../invariants.test.kit.js'
import { entriesRunOnce } from './entries-run-once.js'
import { Manager, viewOf } from './qsbr.test.kit.js'

const begin = (manager = new Manager().executor(0, {})) => new Story(entriesRunOnce<Manager>(viewOf), manager)

test('entries-run-once: once, or still in a bag', (t) => {
  t.is(begin().event(0, 'retired', 7).event(0, 'freed', 7).end().message, undefined)
  t.is(
    begin(new Manager().executor(0, { openSize: 1, closedBags: [{ tag: 0, size: 1 }] }))
      .event(0, 'retired', 7)
      .event(0, 'retired', 8)
      .end().message,
    undefined,
  )
})

test('entries-run-once: an entry that runs twice, or that nobody retired, is found', (t) => {
  t.is(begin().event(0, 'retired', 7).event(0, 'freed', 7).event(0, 'freed', 7).message, 'object 7 was freed 2 times')
  t.is(begin().event(0, 'freed', 7).message, 'object 7 was freed, but nobody has retired it')
})

test('entries-run-once: an entry that is lost is found; those of the dead are lost with them', (t) => {
  t.is(begin().event(0, 'retired', 7).end().message, 'peer 0 has retired 1 objects that were not freed, but its bags hold 0')
  t.is(begin().event(0, 'retired', 7).tell('crash', 0).end().message, undefined)
})
