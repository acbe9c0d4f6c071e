"""The least that shows a book from DynamoDB on this machine: `flask_shop.py MOTO_URL PORT`."""

import sys
import time
from typing import Any

import boto3
from botocore.exceptions import EndpointConnectionError
from flask import Flask, Response, jsonify


def main(moto: str, port: int) -> None:
    session = boto3.Session("key", "key", region_name="us-east-1")
    dynamodb: Any = session.client("dynamodb", endpoint_url=moto)
    _wait(dynamodb)
    dynamodb.create_table(
        TableName="books",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "book_id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "book_id", "AttributeType": "S"}],
    )
    dynamodb.put_item(TableName="books", Item={"book_id": {"S": "book-1"}, "title": {"S": "A title"}})
    app = Flask(__name__)

    @app.get("/books")
    def books() -> Response:
        items = dynamodb.scan(TableName="books")["Items"]
        return jsonify(books=[{name: value["S"] for name, value in item.items()} for item in items])

    app.run("127.0.0.1", port)


def _wait(dynamodb: Any) -> None:
    while True:
        try:
            dynamodb.list_tables()
        except EndpointConnectionError:
            time.sleep(0.01)
        else:
            return


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
