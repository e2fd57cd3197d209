/** Every component type of manifests: each file declares its own. */
import './auth/index.js'
import './decoders/index.js'
import './errors/index.js'
import './requests/index.js'
