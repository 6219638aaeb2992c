import { expect, test } from 'vitest'
import { backendUrls } from '../../src/config/backend-urls.ts'
import { loadSettings } from '../../src/config/load.ts'

const urls = (env: Record<string, string>): string[] => backendUrls(loadSettings({ env, folder: '/' }).settings)
const vllm = { VLLM_BASE_URL: 'http://gpu:8000' }

test.each([
  ['nothing', {}, ['http://localhost:8888/v1']],
  ['VLLM_BASE_URL', vllm, ['http://gpu:8000/v1']],
  ['BACKEND_* before VLLM_BASE_URL', { ...vllm, BACKEND_PORT: '9000' }, ['http://localhost:9000/v1']],
  [
    'all of BACKEND_*',
    { BACKEND_HOST: '10.0.0.7', BACKEND_PORT: '443', BACKEND_PROTOCOL: 'HTTPS' },
    ['https://10.0.0.7/v1'],
  ],
  ['an IPv6 address', { BACKEND_HOST: '[::1]' }, ['http://[::1]:8888/v1']],
  ['a preset before VLLM_BASE_URL', { ...vllm, PROXY_PRESET: 'ollama' }, ['http://localhost:11434/v1']],
  ['a preset elsewhere', { PROXY_PRESET: 'vllm', BACKEND_HOST: 'gpu' }, ['http://gpu:8000/v1']],
  ['vllm', { PROXY_PRESET: 'vllm' }, ['http://localhost:8000/v1']],
  ['llamacpp', { PROXY_PRESET: 'llamacpp' }, ['http://localhost:8080/v1']],
  ['lmstudio', { PROXY_PRESET: 'LMStudio' }, ['http://localhost:8888/v1', 'http://localhost:1234/v1']],
  ['lmstudio on a port', { PROXY_PRESET: 'lmstudio', BACKEND_PORT: '1' }, ['http://localhost:1/v1']],
  ['openai', { PROXY_PRESET: 'openai' }, ['https://api.openai.com/v1']],
])('the proxy goes where %s says', (_name, env, expected) => {
  expect(urls(env)).toEqual(expected)
})

test.each([
  ['BACKEND_HOST', 'http://x'],
  ['BACKEND_HOST', 'user:secret@x'],
  ['BACKEND_PORT', '0'],
  ['BACKEND_PROTOCOL', 'ftp'],
  ['PROXY_PRESET', 'vlm'],
  ['PROXY_MAX_BODY', '0'],
  ['ENABLE_TOOL_CALL_CONVERSION', 'maybe'],
])('%s is not %s', (name, value) => {
  expect(() => urls({ [name]: value })).toThrow(`${name} is`)
})
