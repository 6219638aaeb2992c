// What a thread of the pool in aside.ts can be asked to do, by name.
export { convertPage } from '../page/convert-page.ts'
export { selectJson } from './select-json.ts'
