"""The announcements of the agents' queue in Chinese, spoken by our own voice into files that Asterisk plays."""

import wave
from pathlib import Path

from bot.ports import Synthesizer
from voice.audio import RATE_HZ, SAMPLE_BYTES

_TENS = "一二三四五六七八九"
SOUNDS = {
    "queue-youarenext": "您排在第一位,马上为您接通,请不要挂机。",
    "queue-thereare": "您现在排在第",
    "queue-callswaiting": "位,请不要挂机。",
    "queue-holdtime": "预计还要等大约",
    "queue-minute": "分钟。",
    "queue-minutes": "分钟。",
    "queue-seconds": "秒。",
    "queue-thankyou": "感谢您的耐心等待。",
    "queue-periodic-announce": "工作人员都在接听电话,请您再等一会儿。",
    **{f"digits/{number}": digit for number, digit in enumerate(f"零{_TENS}")},
    **{f"digits/{10 * number}": f"{digit if number > 1 else ''}十" for number, digit in enumerate(_TENS, 1)},
    "digits/hundred": "百",
}  # the names are app_queue's and say.c's; a number is put together from digits, tens and hundred


async def write_sounds(synthesizer: Synthesizer, folder: Path) -> int:
    """Write every announcement as 8 kHz WAV below `folder` (Asterisk's sounds/zh); return how many."""
    for name, text in SOUNDS.items():
        sound = b"".join([piece async for piece in synthesizer.speak(text)])
        file = folder / f"{name}.wav"
        file.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(file), "wb") as written:
            written.setnchannels(1)
            written.setsampwidth(SAMPLE_BYTES)
            written.setframerate(RATE_HZ)
            written.writeframes(sound)
    return len(SOUNDS)
