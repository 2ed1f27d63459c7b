"""Reads one request and refuses it unless it has the contract's shape."""

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from actions.business.contract import Operation
from actions.business.sandbox.problems import Problem

PATH_REFUSED = {"KHBH": "没有查到这位缴存人。", "code": "没有查到这个验证码对应的证明。"}


def check_parameters(request: web.Request, operation: Operation) -> None:
    """Path, query and header parameters as the contract declares them; an odd path names nobody: not-found."""
    places: dict[str, Mapping[str, str]] = {
        "path": request.match_info,
        "query": request.query,
        "header": request.headers,
    }
    for parameter in operation.parameters:
        value = places[parameter.where].get(parameter.name)
        if value is None and not parameter.required:
            continue
        if value is None or not _storable(value) or not parameter.schema.is_valid(value):
            if parameter.name in PATH_REFUSED:
                raise Problem("not-found", PATH_REFUSED[parameter.name])
            raise Problem("bad-request", f"{parameter.name} 缺少或写法不对。")


def read_body(raw: bytes, operation: Operation) -> dict[str, Any]:
    """The body as the contract declares it; an operation without one takes none."""
    if operation.body is None:
        if raw:
            raise Problem("bad-request", "这个请求不带正文。")
        return {}
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise Problem("bad-request", "正文不是 JSON。") from None
    if not operation.body.is_valid(body) or not all(map(_storable, body.values())):
        raise Problem("bad-request", "正文与接口约定不符。")
    return dict(body)


def _storable(value: object) -> bool:
    """No half characters and no NUL: databases refuse them."""
    if not isinstance(value, str):
        return True
    return "\0" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)
