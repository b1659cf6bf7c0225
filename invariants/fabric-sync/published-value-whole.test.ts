import test from 'ava'
import { Story } from '../invariants.test.kit.js'
import { FakeFabric, mutexOf, release } from './fabric.test.kit.js'
import { publishedValueWhole } from './published-value-whole.js'

function begin() {
  const fabric = new FakeFabric().cell(0, [5, 6], 0)
  const story = new Story(publishedValueWhole(mutexOf), fabric)
  fabric.held(0, 1, 0, 1)
  story.step().event(0, 'releasing', release(0, 1, [5, 6], [7, 8]))
  return { fabric, story }
}

test('published-value-whole: a whole value, written to the spare cell and published, is fine', (t) => {
  const { fabric, story } = begin()
  fabric.cell(1, [7, 6], 1)
  story.step()
  fabric.cell(1, [7, 8], 1)
  story.step()
  fabric.unlocked(1, 1)
  story.step()
  fabric.cell(0, [9, 9], 2)
  t.is(story.step().message, undefined)
})

test('published-value-whole: publishing before all words are written is found', (t) => {
  const { fabric, story } = begin()
  fabric.cell(1, [7, 6], 1).unlocked(1, 1)
  t.is(story.step().message, 'the published cell 1 holds [7 t1, 6 t1]; expected [7 8], the last value published')
})

test('published-value-whole: a write into the published cell is found', (t) => {
  const { fabric, story } = begin()
  fabric.cell(1, [7, 8], 1).unlocked(1, 1)
  story.step()
  fabric.cell(1, [3, 8], 1)
  t.is(story.step().message, 'the published cell 1 holds [3 t1, 8 t1]; expected [7 8], the last value published')
})

test('published-value-whole: a choice of the cell that is no publication is found', (t) => {
  const { fabric, story } = begin()
  fabric.cell(1, [7, 8], 1).held(1, 1, 0, 2)
  story.step()
  fabric.unlocked(1, 1)
  t.is(story.step().message, 'the published cell changed from 0 to 1 other than by the holder of fence 2')
})

test('published-value-whole: abandoning leaves what was published', (t) => {
  const { fabric, story } = begin()
  fabric.cell(1, [7, 0], 1).unlocked(0, 1)
  t.is(story.step().message, undefined)
})
