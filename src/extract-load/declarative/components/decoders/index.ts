import './json-decoder.js'
