// Original file: tandem/v1/node.proto


export interface ListServicesRequest {
}

export interface ListServicesRequest__Output {
}
