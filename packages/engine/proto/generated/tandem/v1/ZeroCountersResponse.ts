// Original file: tandem/v1/node.proto


export interface ZeroCountersResponse {
}

export interface ZeroCountersResponse__Output {
}
