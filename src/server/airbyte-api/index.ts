/** Our connections by the API of Airbyte, for the clients that look for it. */
export { openAirbyteApi } from './open-airbyte-api.js'
