import test from 'ava'
import fc from 'fast-check'
import type { Decision } from './disk.js'
import { type Command, programs, runProgram } from './parity/programs.test.support.js'
import { Rig, show, syncDirectory, writeSynced } from './rig.test.support.js'

const RUNS = 300

/** Runs the program in `/d`, of which the name is durable. */
function rigAfter(commands: readonly Command[]): Rig {
  const rig = new Rig()
  rig.run((fs) => {
    fs.mkdirSync('/d')
    syncDirectory(fs, '/')
    runProgram(commands, fs, '/d', (_name, call) => {
      try {
        return call()
      } catch (error) {
        if ((error as NodeJS.ErrnoException).syscall === undefined && !String((error as Error).message).includes('EISDIR')) throw error
        return undefined
      }
    })
  })
  return rig
}

const contents = (rig: Rig) => rig.run((fs) => show(fs, '/d'))

/** Answers for any number of decisions. */
const randomness = fc.array(fc.nat(2 ** 20), { minLength: 100, maxLength: 100 })

function answersFrom(decisions: readonly Decision[], numbers: readonly number[]): number[] {
  return decisions.map(({ bound }, index) => (numbers[index % numbers.length] as number) % bound)
}

function law(name: string, holds: (commands: readonly Command[], numbers: readonly number[]) => void): void {
  test(`laws: ${name}`, (t) => {
    fc.assert(fc.property(programs, randomness, holds), { numRuns: RUNS })
    t.pass()
  })
}

function mustEqual(got: unknown, expected: unknown): void {
  if (got !== expected) throw new Error(`expected ${expected}, got ${got}`)
}

law('where everything survives, a power failure changes nothing', (commands) => {
  const rig = rigAfter(commands)
  const before = contents(rig)
  rig.disk.powerFailure(rig.disk.unsynced().map(({ bound }) => bound - 1))
  mustEqual(contents(rig), before)
})

law('where nothing survives, the durable files are left', (commands) => {
  const rig = rigAfter(commands)
  const describe = () => [...rig.disk.durableFiles()].map(([path, bytes]) => `${path}=${Buffer.from(bytes).toString('latin1')}`)
  const expected = describe().sort().join(' ')
  rig.disk.powerFailure(rig.disk.unsynced().map(() => 0))
  mustEqual(describe().sort().join(' '), expected)
  const left = rig.run((fs) => [...rig.disk.durableFiles().keys()].filter((path) => !fs.existsSync(path)))
  mustEqual(left.join(), '')
})

law('after any power failure nothing is left to decide, and another changes nothing', (commands, numbers) => {
  const rig = rigAfter(commands)
  rig.disk.powerFailure(answersFrom(rig.disk.unsynced(), numbers))
  mustEqual(rig.disk.unsynced().length, 0)
  const after = contents(rig)
  rig.disk.powerFailure()
  mustEqual(contents(rig), after)
  mustEqual(rig.asked.length, 0)
})

law('equal answers leave equal disks', (commands, numbers) => {
  const [first, second] = [rigAfter(commands), rigAfter(commands)]
  for (const rig of [first, second]) rig.disk.powerFailure(answersFrom(rig.disk.unsynced(), numbers))
  mustEqual(contents(first), contents(second))
})

law('what is synced, file and directories, survives whatever is done beside it', (commands, numbers) => {
  const rig = new Rig()
  rig.run((fs) => {
    fs.mkdirSync('/d')
    syncDirectory(fs, '/')
    writeSynced(fs, '/kept', 'kept contents')
    syncDirectory(fs, '/')
    runProgram(commands, fs, '/d', (_name, call) => {
      try {
        return call()
      } catch {
        return undefined
      }
    })
  })
  rig.disk.powerFailure(answersFrom(rig.disk.unsynced(), numbers))
  mustEqual(
    rig.run((fs) => fs.readFileSync('/kept', 'utf8')),
    'kept contents',
  )
})

test('laws: a file that is only appended to keeps what was synced', (t) => {
  const appends = fc.array(fc.tuple(fc.nat(700), fc.boolean()), { minLength: 1, maxLength: 12 })
  const property = fc.property(appends, randomness, (lengths, numbers) => {
    const rig = new Rig()
    let written = ''
    let synced = ''
    rig.run((fs) => {
      const fd = fs.openSync('/log', 'a')
      syncDirectory(fs, '/')
      for (const [index, [length, syncs]] of lengths.entries()) {
        const entry = String.fromCharCode(97 + index).repeat(length)
        fs.writeSync(fd, entry)
        written += entry
        if (!syncs) continue
        fs.fsyncSync(fd)
        synced = written
      }
    })
    rig.disk.powerFailure(answersFrom(rig.disk.unsynced(), numbers))
    const left = rig.run((fs) => fs.readFileSync('/log', 'latin1'))
    if (!left.startsWith(synced)) throw new Error(`lost what was synced: ${left.length} of ${synced.length} bytes`)
    // What follows is what was written there, or zeros.
    for (let at = synced.length; at < left.length; at++) if (left[at] !== '\0' && left[at] !== written[at]) throw new Error(`byte ${at} was never written`)
  })
  fc.assert(property, { numRuns: RUNS })
  t.pass()
})
