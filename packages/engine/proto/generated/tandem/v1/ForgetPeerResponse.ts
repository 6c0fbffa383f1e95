// Original file: tandem/v1/node.proto


export interface ForgetPeerResponse {
}

export interface ForgetPeerResponse__Output {
}
