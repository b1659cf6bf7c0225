// Bodies on names and directories.

import { relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Body, showMode } from './attempt.test.support.js'

/** Ends of paths that are no names, or more than one. */
const ODD = ['', '.', '..', './', '/', 'x/.', 'f/', 'f/.', 'e/', 'e/.', 'e/..', 'f/x', 'n/x', 'n/', 'e//', 'e/../e']

/**
 * Folders named with dots at the end. Up to Node 23 `rmSync` walks by paths, as the disk does: one dot is refused, and what two dots name
 * is out of reach once the folder before them is gone. From Node 24 on it walks by open folders, and empties them in both cases.
 */
const DOTTED = Number.parseInt(process.versions.node, 10) < 24 ? ['.', 'e/.', 'e/..'] : []

export const nameBodies: Record<string, Body> = {
  'rename a file': (fs, d, a) => {
    fs.writeFileSync(`${d}/f`, 'f')
    fs.writeFileSync(`${d}/g`, 'g')
    fs.mkdirSync(`${d}/e`)
    a('to a new name', () => fs.renameSync(`${d}/f`, `${d}/h`))
    a('over a file', () => fs.renameSync(`${d}/h`, `${d}/g`))
    a('over a directory', () => fs.renameSync(`${d}/g`, `${d}/e`))
    a('into a directory', () => fs.renameSync(`${d}/g`, `${d}/e/g`))
    a('to itself', () => fs.renameSync(`${d}/e/g`, `${d}/e/../e/g`))
    a('of nothing', () => fs.renameSync(`${d}/x`, `${d}/y`))
    a('to nowhere', () => fs.renameSync(`${d}/e/g`, `${d}/x/y`))
    a('into a file', () => fs.renameSync(`${d}/e`, `${d}/e/g/h`))
    a('into itself', () => fs.renameSync(`${d}/e/g`, `${d}/e/g/h`))
  },
  'rename a directory': (fs, d, a) => {
    fs.mkdirSync(`${d}/a/b`, { recursive: true })
    fs.mkdirSync(`${d}/empty`)
    fs.writeFileSync(`${d}/f`, 'f')
    fs.writeFileSync(`${d}/a/b/f`, 'abf')
    a('into itself', () => fs.renameSync(`${d}/a`, `${d}/a/b/c`))
    a('into its child', () => fs.renameSync(`${d}/a`, `${d}/a/b`))
    a('over its parent', () => fs.renameSync(`${d}/a/b`, `${d}/a`))
    a('over a file', () => fs.renameSync(`${d}/a`, `${d}/f`))
    a('over a full one', () => fs.renameSync(`${d}/empty`, `${d}/a`))
    a('to itself', () => fs.renameSync(`${d}/a`, `${d}/a/`))
    a('over an empty one', () => fs.renameSync(`${d}/a`, `${d}/empty`))
    a('with slashes', () => fs.renameSync(`${d}/empty/`, `${d}/c//`))
    a('below', () => fs.readFileSync(`${d}/c/b/f`, 'utf8'))
  },
  'rename from odd paths': (fs, d, a) => {
    for (const path of ODD) {
      fs.mkdirSync(`${d}/e`, { recursive: true })
      fs.writeFileSync(`${d}/f`, 'f')
      a(path, () => fs.renameSync(`${d}/${path}`, `${d}/to`))
      fs.rmSync(`${d}/to`, { recursive: true, force: true })
    }
  },
  'rename to odd paths': (fs, d, a) => {
    for (const path of ODD) {
      fs.mkdirSync(`${d}/e`, { recursive: true })
      fs.writeFileSync(`${d}/f`, 'f')
      fs.writeFileSync(`${d}/from`, 'from')
      fs.mkdirSync(`${d}/from2`, { recursive: true })
      a(`file to ${path}`, () => fs.renameSync(`${d}/from`, `${d}/${path}`))
      a(`directory to ${path}`, () => fs.renameSync(`${d}/from2`, `${d}/${path}`))
      for (const name of fs.readdirSync(d)) fs.rmSync(`${d}/${name}`, { recursive: true })
    }
  },
  'rename with wrong arguments': (fs, d, a) => {
    for (const wrong of [5, null, undefined, {}, 'a\0b', new URL('http://x/y')]) {
      a('from', () => fs.renameSync(wrong as string, `${d}/x`))
      a('to', () => fs.renameSync(`${d}/x`, wrong as string))
    }
    fs.writeFileSync(`${d}/f`, 'f')
    a('buffers', () => fs.renameSync(Buffer.from(`${d}/f`), Buffer.from(`${d}/g`)))
    a('URLs', () => fs.renameSync(pathToFileURL(`${d}/g`), pathToFileURL(`${d}/h`)))
    a('missing buffers', () => fs.renameSync(Buffer.from(`${d}/f`), Buffer.from(`${d}/g`)))
    a('empty', () => fs.renameSync('', ''))
    a('root', () => fs.renameSync('/', `${d}/r`))
    a('to root', () => fs.renameSync(`${d}/h`, '/'))
  },
  unlink: (fs, d, a) => {
    fs.mkdirSync(`${d}/e`)
    fs.writeFileSync(`${d}/f`, 'f')
    for (const path of ODD) a(path, () => fs.unlinkSync(`${d}/${path}`))
    a('file', () => fs.unlinkSync(`${d}/f`))
    a('again', () => fs.unlinkSync(`${d}/f`))
    a('directory', () => fs.unlinkSync(`${d}/e`))
    for (const wrong of [5, null, undefined, {}, 'a\0b']) a('path', () => fs.unlinkSync(wrong as string))
  },
  mkdir: (fs, d, a) => {
    fs.writeFileSync(`${d}/f`, 'f')
    a('new', () => fs.mkdirSync(`${d}/e`))
    a('again', () => fs.mkdirSync(`${d}/e`))
    for (const path of ODD) a(path, () => fs.mkdirSync(`${d}/${path}`))
    a('slashed', () => fs.mkdirSync(`${d}/s//`))
    a('mode', () => fs.mkdirSync(`${d}/m`, 0o700))
    a('text mode', () => fs.mkdirSync(`${d}/t`, '711'))
    a('mode option', () => fs.mkdirSync(`${d}/o`, { mode: 0o750 }))
    for (const wrong of ['x', -1, 1.5, { mode: 'x' }, { recursive: 1 }, { recursive: null }, null, true])
      a(JSON.stringify(wrong), () => fs.mkdirSync(`${d}/w`, wrong as object))
    for (const wrong of [5, null, undefined, {}, 'a\0b', '']) a('path', () => fs.mkdirSync(wrong as string))
  },
  'mkdir recursive': (fs, d, a) => {
    fs.writeFileSync(`${d}/f`, 'f')
    const make = (path: string) => a(path.slice(d.length), () => fs.mkdirSync(path, { recursive: true }))
    make(`${d}/a/b/c`)
    make(`${d}/a/b/c`)
    make(`${d}/a/x`)
    make(`${d}/f`)
    make(`${d}/f/g`)
    make(`${d}/f/g/h`)
    make(`${d}/q/`)
    make(`${d}/r//s//`)
    make(`${d}/t/../u`)
    make(`${d}/t/./v`)
    make(d)
    make('/')
    make(`${d}/${'x'.repeat(300)}`)
    make(`${d}/y/${'x'.repeat(300)}`)
    make('')
    a('mode', () => fs.mkdirSync(`${d}/m/n`, { recursive: true, mode: 0o700 }))
    a('URL', () => fs.mkdirSync(pathToFileURL(`${d}/U/V`), { recursive: true }))
    a('buffer', () => fs.mkdirSync(Buffer.from(`${d}/B/C`), { recursive: true }))
  },
  rmdir: (fs, d, a) => {
    fs.mkdirSync(`${d}/e`)
    fs.mkdirSync(`${d}/full`)
    fs.writeFileSync(`${d}/full/f`, 'f')
    fs.writeFileSync(`${d}/f`, 'f')
    a('full', () => fs.rmdirSync(`${d}/full`))
    a('file', () => fs.rmdirSync(`${d}/f`))
    for (const path of ODD.filter((path) => !['e/', 'e//', 'e/../e'].includes(path))) a(path, () => fs.rmdirSync(`${d}/${path}`))
    a('empty', () => fs.rmdirSync(`${d}/e`))
    a('again', () => fs.rmdirSync(`${d}/e`))
    a('root', () => fs.rmdirSync('/'))
    for (const wrong of [5, null, { recursive: 'x' }, { maxRetries: -1 }, { retryDelay: 'x' }, 'x']) {
      if ((wrong as { recursive?: unknown } | null)?.recursive === undefined) a(JSON.stringify(wrong), () => fs.rmdirSync(`${d}/e`, wrong as object))
    }
    for (const wrong of [5, null, undefined, {}, 'a\0b', '']) a('path', () => fs.rmdirSync(wrong as string))
  },
  rm: (fs, d, a) => {
    const build = () => {
      fs.mkdirSync(`${d}/e/e/e`, { recursive: true })
      for (const name of ['f', 'e/f', 'e/e/f', 'e/e/g']) fs.writeFileSync(`${d}/${name}`, name)
    }
    for (const options of [undefined, {}, { force: true }, { recursive: true }, { recursive: true, force: true }]) {
      build()
      const with_ = JSON.stringify(options) ?? 'without options'
      for (const path of ['f', 'f', 'e', 'e/e/f', 'n', 'f/x', 'e/f/x', 'n/x', 'e', ''])
        a(`${path} ${with_}`, () => fs.rmSync(path === '' ? '' : `${d}/${path}`, options))
    }
    for (const wrong of [null, 5, 'x', { force: 1 }, { recursive: 1 }, { maxRetries: -1 }, { retryDelay: 1.5 }])
      a(JSON.stringify(wrong), () => fs.rmSync(`${d}/x`, wrong as object))
    for (const wrong of [5, null, undefined, {}, 'a\0b']) a('path', () => fs.rmSync(wrong as string))
  },
  'rm odd paths': (fs, d, a) => {
    for (const path of ['..', 'f/', 'f/.', 'e/', ...DOTTED]) {
      fs.mkdirSync(`${d}/x/e/g`, { recursive: true })
      fs.writeFileSync(`${d}/x/f`, 'f')
      fs.writeFileSync(`${d}/x/e/f`, 'f')
      a(path, () => fs.rmSync(`${d}/x/${path}`, { recursive: true }))
      a(`${path} is left`, () => (fs.existsSync(`${d}/x`) ? fs.readdirSync(`${d}/x`) : 'nothing'))
    }
    a('URL', () => fs.rmSync(pathToFileURL(`${d}/x`), { recursive: true, force: true }))
    fs.writeFileSync(`${d}/f`, 'f')
    a('buffer', () => fs.rmSync(Buffer.from(`${d}/f`)))
  },
  readdir: (fs, d, a) => {
    for (const name of ['b', 'B', 'a', '10', '9', 'ü', 'z', '😀', '\uffee', '.hidden', 'a b']) fs.writeFileSync(`${d}/${name}`, '')
    fs.mkdirSync(`${d}/e/x`, { recursive: true })
    fs.writeFileSync(`${d}/e/f`, '')
    for (const path of ['', 'e', 'e/', 'e/.', 'e/..', 'a', 'a/', 'n', 'n/x', 'a/x']) a(path, () => fs.readdirSync(`${d}/${path}`))
    for (const options of [
      'utf8',
      'buffer',
      'hex',
      'latin1',
      { encoding: 'base64' },
      { withFileTypes: true },
      { withFileTypes: true, encoding: 'buffer' },
      { withFileTypes: 1 },
      null,
      { recursive: false },
    ]) {
      a(JSON.stringify(options), () => fs.readdirSync(`${d}/e`, options as object))
    }
    a('buffer path', () => fs.readdirSync(Buffer.from(`${d}/e`), { withFileTypes: true }))
    a('URL path', () => fs.readdirSync(pathToFileURL(`${d}/e`), { withFileTypes: true }))
    a('slashed', () => fs.readdirSync(`${d}/e/`, { withFileTypes: true }))
    for (const wrong of [5, 'zz', { recursive: 1 }, { encoding: 'zz' }, true]) a(JSON.stringify(wrong), () => fs.readdirSync(d, wrong as object))
    for (const wrong of [5, null, undefined, {}, 'a\0b', '']) a('path', () => fs.readdirSync(wrong as string))
  },
  stat: (fs, d, a) => {
    fs.writeFileSync(`${d}/f`, 'abc')
    fs.mkdirSync(`${d}/e`)
    for (const path of ['f', ...ODD]) {
      a(`stat ${path}`, () => fs.statSync(`${d}/${path}`))
      a(`lstat ${path}`, () => fs.lstatSync(`${d}/${path}`))
      a(`optional ${path}`, () => fs.statSync(`${d}/${path}`, { throwIfNoEntry: false }))
    }
    a('optional lstat', () => fs.lstatSync(`${d}/n`, { throwIfNoEntry: false }))
    a('bigint', () => fs.statSync(`${d}/f`, { bigint: true }))
    a('bigint of lstat', () => fs.lstatSync(`${d}/f`, { bigint: true }))
    for (const wrong of [null, 5, 'x', { bigint: 1 }, { throwIfNoEntry: 0 }]) a(JSON.stringify(wrong), () => fs.statSync(`${d}/n`, wrong as object))
    for (const wrong of [5, null, undefined, {}, 'a\0b', '']) a('path', () => fs.statSync(wrong as string))
    a('class', () => fs.statSync(`${d}/f`) instanceof fs.Stats)
  },
  fstat: (fs, d, a) => {
    fs.writeFileSync(`${d}/f`, 'abc')
    const fd = fs.openSync(`${d}/f`, 'r')
    a('numbers', () => fs.fstatSync(fd))
    a('bigint', () => fs.fstatSync(fd, { bigint: true }))
    for (const wrong of [null, 5, 'x', { bigint: 1 }]) a(JSON.stringify(wrong), () => fs.fstatSync(fd, wrong as object))
    for (const wrong of ['x', null, -1, 1.5]) a('descriptor', () => fs.fstatSync(wrong as number))
    fs.closeSync(fd)
  },
  'times of files': (fs, d, a) => {
    fs.writeFileSync(`${d}/f`, 'abc')
    const { mtimeMs, mtime, birthtimeMs, ctimeMs } = fs.statSync(`${d}/f`)
    a('dates', () => [mtime instanceof Date, Math.abs(mtime.getTime() - mtimeMs) <= 1, birthtimeMs <= ctimeMs, mtimeMs > 0])
    const big = fs.statSync(`${d}/f`, { bigint: true })
    a('bigints', () => [typeof big.mtimeNs, big.mtimeNs / 1000000n === big.mtimeMs, big.mtime instanceof Date, Number(big.size)])
  },
  exists: (fs, d, a) => {
    fs.writeFileSync(`${d}/f`, 'abc')
    fs.mkdirSync(`${d}/e`)
    for (const path of ['f', 'n', ...ODD]) a(path, () => fs.existsSync(`${d}/${path}`))
    for (const wrong of [5, null, undefined, {}, 'a\0b', '', new URL('http://x/y')]) a('path', () => fs.existsSync(wrong as string))
    a('URL', () => fs.existsSync(pathToFileURL(`${d}/f`)))
    a('buffer', () => fs.existsSync(Buffer.from(`${d}/f`)))
    a('root', () => fs.existsSync('/'))
  },
  access: (fs, d, a) => {
    fs.writeFileSync(`${d}/f`, 'abc')
    fs.mkdirSync(`${d}/e`)
    for (const path of ['f', 'n', ...ODD]) a(path, () => fs.accessSync(`${d}/${path}`))
    for (const mode of [0, 2, 4, 6]) a(`file ${mode}`, () => fs.accessSync(`${d}/f`, mode))
    for (const mode of [0, 1, 2, 4, 7]) a(`directory ${mode}`, () => fs.accessSync(`${d}/e`, mode))
    a('execute', () => fs.accessSync(`${d}/f`, 1))
    for (const wrong of ['x', -1, 8, 1.5, null, {}]) a(`mode ${wrong}`, () => fs.accessSync(`${d}/f`, wrong as number))
    for (const wrong of [5, null, undefined, {}, 'a\0b', '']) a('path', () => fs.accessSync(wrong as string))
  },
  mkdtemp: (fs, d, a) => {
    const made = fs.mkdtempSync(`${d}/t-`)
    a('form', () => [made.startsWith(`${d}/t-`), /^[a-zA-Z0-9]{6}$/.test(made.slice(-6)), fs.statSync(made).isDirectory()])
    a('mode', () => showMode(fs.statSync(made).mode & 0o777))
    const bytes = fs.mkdtempSync(`${d}/t-`, 'buffer') as unknown as Buffer
    a('buffer', () => [bytes instanceof Buffer, bytes.toString() === made])
    a('nowhere', () => fs.mkdtempSync(`${d}/n/t-`))
    fs.writeFileSync(`${d}/f`, '')
    a('in a file', () => fs.mkdtempSync(`${d}/f/t-`))
    for (const wrong of [5, null, undefined, {}, 'a\0b']) a('prefix', () => fs.mkdtempSync(wrong as string))
    for (const wrong of [5, 'zz', { encoding: 'zz' }]) a('options', () => fs.mkdtempSync(`${d}/u-`, wrong as 'utf8'))
    for (const name of fs.readdirSync(d)) fs.rmSync(`${d}/${name}`, { recursive: true })
  },
  'relative paths': (fs, d, a) => {
    const here = relative(process.cwd(), d)
    a('write', () => fs.writeFileSync(`${here}/f`, 'f'))
    a('read', () => fs.readFileSync(`./${here}/f`, 'utf8'))
    a('mkdir', () => fs.mkdirSync(`${here}/a/b`, { recursive: true }))
    a('missing', () => fs.statSync(`${here}/n`))
    a('rename', () => fs.renameSync(`${here}/f`, `${here}/a/f`))
    a('the working directory', () => fs.statSync('.').isDirectory())
    a('up from the root', () => fs.existsSync(`/../..${d}/a/f`))
  },
  'a directory that is gone': (fs, d, a) => {
    fs.mkdirSync(`${d}/e`)
    const fd = fs.openSync(`${d}/e`, 'r')
    fs.rmdirSync(`${d}/e`)
    a('sync', () => fs.fsyncSync(fd))
    a('stat', () => fs.fstatSync(fd).isDirectory())
    a('write', () => fs.writeFileSync(`${d}/e/f`, 'x'))
    fs.closeSync(fd)
  },
}
