import iconv from 'iconv-lite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AnsweringSite, startAnsweringSite } from '../../support/answering-site.ts'

let site: AnsweringSite

beforeAll(async () => {
  site = await startAnsweringSite({ names: ['example.kr', 'example.jp', 'example.tw', 'example.cn'] })
})
afterAll(() => site.close())

function read(type: string, body: Buffer, args: Readonly<Record<string, unknown>> = {}) {
  return site.read({ headers: type === '' ? {} : { 'content-type': type }, body }, { format: 'raw', ...args })
}

const hangul = Array.from({ length: 11_172 }, (_, index) => String.fromCharCode(0xac00 + index)).join('')

test.each(['euc-kr', 'EUC-KR', 'ks_c_5601-1987', 'korean', 'windows-949', 'cp949', 'ms949', 'uhc', 'x-windows-949'])(
  'all Hangul syllables arrive in what is called %s',
  async (label) => {
    const { answer } = await read(`text/plain; charset=${label}`, iconv.encode(hangul, 'cp949'))
    expect(answer).toMatchObject({ charset: 'euc-kr', body: hangul })
  },
)

test.each([
  ['euc-kr', 'cp949', '똠방각하 펲시콜라 쌰뱝뷁'],
  ['shift_jis', 'shiftjis', '日本語のテキスト①㈱ｶﾅ'],
  ['x-sjis', 'shiftjis', '表示能力ソ'],
  ['euc-jp', 'eucjp', '日本語のテキスト'],
  ['gb2312', 'gb18030', '中文网页'],
  ['gbk', 'gb18030', '朱镕基 喆 €'],
  ['gb18030', 'gb18030', '𠀀 😀 中文'],
  ['big5', 'big5hkscs', '繁體中文 許功蓋'],
  ['big5-hkscs', 'big5hkscs', '香港 嘅'],
  ['windows-1252', 'windows-1252', '“quotes” – € ’'],
  ['iso-8859-1', 'windows-1252', '“latin1 on the web” €'],
  ['us-ascii', 'windows-1252', 'naïve'],
  ['windows-1250', 'windows-1250', 'Příliš žluťoučký kůň'],
  ['windows-1251', 'windows-1251', 'Съешь ещё этих'],
  ['koi8-r', 'koi8-r', 'Привет'],
  ['iso-8859-2', 'iso-8859-2', 'Zażółć gęślą jaźń'],
  ['iso-8859-9', 'windows-1254', 'ığüşöç'],
  ['windows-1253', 'windows-1253', 'Ελληνικά'],
  ['windows-1255', 'windows-1255', 'עברית'],
  ['windows-1256', 'windows-1256', 'العربية'],
  ['windows-1258', 'windows-1258', 'đồng'.normalize('NFC').replaceAll('ồ', 'ô')],
  ['tis-620', 'windows-874', 'ภาษาไทย'],
  ['utf-16le', 'utf-16le', '글 😀'],
  ['utf-16be', 'utf-16be', '글 😀'],
])('%s', async (label, encoding, text) => {
  const body = iconv.encode(text, encoding, { addBOM: false })
  expect((await read(`text/plain; charset=${label}`, body)).answer.body).toBe(text)
})

const korean = iconv.encode('한글 똠', 'cp949')
const withMeta = (meta: string) => Buffer.concat([Buffer.from(`<html><head>${meta}</head><p>`), korean])

test.each<[string, string, Buffer, string]>([
  ['the header', 'text/html; charset=euc-kr', withMeta('<meta charset=utf-8>'), 'euc-kr'],
  ['a quoted header', `text/html; charset='euc-kr'`, korean, 'euc-kr'],
  ['meta charset', 'text/html', withMeta('<meta charset="euc-kr">'), 'euc-kr'],
  [
    'meta http-equiv',
    'text/html',
    withMeta(`<META HTTP-EQUIV='Content-Type' CONTENT='text/html; charset=ks_c_5601-1987'>`),
    'euc-kr',
  ],
  ['a late meta', 'text/html', withMeta(`${'<script></script>'.repeat(150)}<meta charset=cp949>`), 'euc-kr'],
  ['no meta in a comment', 'text/html', withMeta('<!-- <meta charset=utf-8> --><meta charset=euc-kr>'), 'euc-kr'],
  [
    'the XML declaration',
    'application/xml',
    Buffer.concat([Buffer.from(`<?xml version='1.0' encoding='EUC-KR'?><a>`), korean]),
    'euc-kr',
  ],
  ['an unknown header, then meta', 'text/html; charset=x-nothing', withMeta('<meta charset=euc-kr>'), 'euc-kr'],
])('%s says what the encoding is', async (_case, type, body, charset) => {
  const { answer } = await read(type, body)
  expect(answer.charset).toBe(charset)
  expect(answer.body).toContain('한글 똠')
})

test.each(['application/json', 'text/plain', 'text/csv'])('a page inside %s says nothing of it', async (type) => {
  const { answer } = await read(type, Buffer.from('"<meta charset=euc-kr> 한글"'))
  expect(answer.charset).toBe('utf-8')
})

test('a byte order mark outranks the header', async () => {
  const { answer } = await read('text/html; charset=euc-kr', Buffer.from('\uFEFF한글'))
  expect(answer).toMatchObject({ charset: 'utf-8', body: '한글' })
})

test('a page that can be read says wrongly that it is UTF-16', async () => {
  const { answer } = await read('text/html', Buffer.from('<meta charset=utf-16>한글'))
  expect(answer).toMatchObject({ charset: 'utf-8', body: expect.stringContaining('한글') })
})

test.each([
  ['example.kr', 'cp949', 'euc-kr', '옛날 홈페이지'],
  ['example.jp', 'shiftjis', 'shift_jis', '昔のホームページ'],
  ['example.cn', 'gb18030', 'gbk', '旧的网页'],
  ['example.tw', 'big5', 'big5', '舊的網頁'],
  ['example.com', 'windows-1252', 'windows-1252', 'déjà vu, très “français”'],
])('an old page of %s that says nothing is read as its country writes', async (host, encoding, charset, text) => {
  const body = iconv.encode(`<p>${text}</p>`, encoding)
  const { answer } = await read('text/html', body, { url: `http://${host}/` })
  expect(answer).toMatchObject({ charset, body: `<p>${text}</p>` })
})

test('UTF-8 that says nothing is UTF-8, also with a bad byte, also in Korea', async () => {
  const body = Buffer.concat([Buffer.from('한국어 문장'), Buffer.from([0xff])])
  const { answer } = await read('text/html', body, { url: 'http://example.kr/' })
  expect(answer).toMatchObject({ charset: 'utf-8', body: '한국어 문장\uFFFD' })
})

test('a character cut off by the limit is dropped', async () => {
  const small = await startAnsweringSite({ limits: { maxBodyBytes: 5, maxWireBytes: 5 } })
  for (const charset of ['euc-kr', 'utf-8', 'shift_jis']) {
    const encoding = charset === 'euc-kr' ? 'cp949' : charset
    const body = iconv.encode(charset === 'shift_jis' ? '日本日本' : '한글한글', encoding)
    const { answer } = await small.read({ headers: { 'content-type': `text/plain; charset=${charset}` }, body })
    expect(answer).toMatchObject({ truncated: true, bytes: 5 })
    expect(answer.body).toHaveLength(charset === 'utf-8' ? 1 : 2)
    expect(answer.body).not.toContain('\uFFFD')
  }
  await small.close()
})
