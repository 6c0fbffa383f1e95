// Original file: tandem/v1/node.proto


export interface GetDocumentRequest {
}

export interface GetDocumentRequest__Output {
}
